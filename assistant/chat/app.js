// What Gradio does not do by itself: links that act, the keyboard, the page on a phone, scrolling.

const find = (selector) => document.querySelector(selector);
const NARROW = matchMedia("(max-width: 760px)");

// Links begin with "#<kind>:"; what stands behind is entered in a hidden box, or done here.
const kinds = {
  quote: (told, link) => (enter("#turn", told), openPage(link)),
  note: (told, link) => goTo("note", told, link),
  marker: (told, link) => goTo("marker", told, link),
  act: (told) => {
    enter("#act", told);
    if (told.startsWith("edit:")) find("#question textarea").focus();
  },
  copy: (told, link) => copyInto(link, words(`copy/${told}`)),
  link: (told, link) => {
    const [, number] = told.match(/^ask:(\d+)$/) ?? [];
    const question = number && document.querySelectorAll("#conversation .asked")[number].textContent;
    const end = question ? `?ask=${encodeURIComponent(question)}` : told;
    copyInto(link, new Blob([new URL(end, location.href).href], { type: "text/plain" }));
  },
  look: () => find("#panel").classList.toggle("text"),
  language: (told) => {
    document.cookie = `apostilla_language=${told}; path=/; max-age=31536000; samesite=strict`;
    location.reload();
  },
};

document.addEventListener(
  "click",
  (event) => {
    const link = event.target.closest("a[href], button.example, #close");
    if (!link || event.ctrlKey || event.metaKey) return;
    const [, kind, told] = link.getAttribute("href")?.match(/^#(\w+):(.*)$/) ?? [];
    if (kinds[kind]) kinds[kind](told, link);
    else if (link.matches(".example")) ask(link.textContent);
    else if (link.matches("#close")) closePage();
    else return;
    event.preventDefault();
    event.stopPropagation();
  },
  true,
);

function enter(box, told) {
  const field = find(`${box} textarea`);
  if (!field) return;
  field.value = told;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.dispatchEvent(new KeyboardEvent("keypress", { key: "Enter", bubbles: true }));
}

function ask(question) {
  enter("#question", question);
}

// A note and its marker: on this page they are scrolled to, else their page is turned to.
function goTo(kind, told, link) {
  const [, place, address] = told.match(/^(\d+):(.*)$/);
  const there = find(`#sheet #${kind}-${place}`);
  if (!there) return kinds.quote(address, link);
  openPage(link);
  const sheet = find("#sheet");
  scrollBox(sheet, there, sheet.clientHeight / 3);
  sheet.querySelectorAll(".found").forEach((each) => each.classList.remove("found"));
  there.classList.add("found");
  there.querySelector("a")?.focus({ preventScroll: true });
}

// On a phone the page is a sheet over the chat: opened by a citation, closed by its button or Esc.
let opener = null;
function openPage(link) {
  const panel = find("#panel");
  if (!NARROW.matches || panel.classList.contains("open")) return;
  opener = link;
  panel.classList.add("open");
  find("#rooms").inert = true;
  focusSoon(() => find("#panel.open #close"));
}
function closePage() {
  if (!find("#panel")?.classList.contains("open")) return;
  find("#panel").classList.remove("open");
  find("#rooms").inert = false;
  focusSoon(() => !find("#panel.open") && opener);
}
// Until it stays there, or somebody types elsewhere: what had the focus loses it only when it is
// drawn that it is out of reach, and the focus that was moved before is lost with it.
function focusSoon(wanted) {
  let frames = 0;
  let stayed = 0;
  const again = () => {
    const there = wanted();
    const typed = document.activeElement?.matches("input, textarea");
    if (!there || stayed > 4 || frames > 120) return;
    if (typed && document.activeElement !== there) return;
    frames += 1;
    stayed = document.activeElement === there ? stayed + 1 : 0;
    if (!stayed) there.focus();
    requestAnimationFrame(again);
  };
  requestAnimationFrame(again);
}
NARROW.addEventListener("change", closePage);

// The keyboard: "/" to the question, Esc stops or closes, arrows turn pages beside the conversation.
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select, [role=listbox]");
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "/" && !typing) {
    closePage();
    document.querySelectorAll("#rooms [role=tab]")[0]?.click();
    find("#question textarea").focus();
    event.preventDefault();
  } else if (event.key === "Escape") {
    if (find("#panel.open")) closePage();
    else if (find(".looking")) find("#stop").click();
  } else if (!typing && event.target.closest("#panel")) {
    if (event.key === "ArrowLeft") find("#previous").click();
    if (event.key === "ArrowRight") find("#next").click();
  }
});

// What is copied is said beside the link.
function copyInto(link, told) {
  const menu = link.closest("details, span");
  menu.classList.remove("copied", "refused");
  copy(told).then(
    () => menu.classList.add("copied"),
    () => menu.classList.add("refused"),
  );
}

const words = (address) =>
  fetch(address).then(async (answer) => {
    if (!answer.ok) throw new Error(answer.status);
    return new Blob([await answer.text()], { type: "text/plain" });
  });

async function copy(told) {
  // The promise is given, not its words: a browser lets a page copy only while a click is fresh.
  if (navigator.clipboard?.write) {
    return navigator.clipboard.write([new ClipboardItem({ "text/plain": told })]);
  }
  // Without TLS, from another machine, there is no clipboard but this.
  const box = document.createElement("textarea");
  box.value = await (await told).text();
  document.body.append(box);
  box.select();
  const done = document.execCommand("copy");
  box.remove();
  if (!done) throw new Error("refused");
}

// What changed: the page scrolls to its mark, the conversation to the question that was asked last,
// a file that was made is fetched, and the address becomes that of the conversation.
let asked = 0;
let answered = 0;
let remarking = false;
new MutationObserver((changes) => {
  const sheet = find("#sheet");
  if (sheet && changes.some((change) => sheet.contains(change.target))) {
    scrollBox(sheet, sheet.querySelector("mark"), sheet.clientHeight / 4);
    sheet.tabIndex = 0;
    sheet.setAttribute("role", "region");
    sheet.setAttribute("aria-label", find("#heading .label")?.textContent ?? "");
  }
  const questions = document.querySelectorAll("#conversation .asked");
  const answers = document.querySelectorAll("#conversation .answer").length;
  // Twice: while it is looked for there is not yet enough below it to scroll by.
  if (questions.length > asked || answers > answered) {
    const last = questions[questions.length - 1];
    scrollBox(last.closest('[role="log"]'), last, 16);
  }
  asked = questions.length;
  answered = answers;
  const remark = find("#conversation .more") !== null;
  if (remark && !remarking) {
    const log = find('#conversation [role="log"]');
    scrollBox(log, find("#conversation .more"), log.clientHeight - 20);
    focusSoon(() => find("#remark-words textarea"));
  }
  remarking = remark;
  const taken = find("#taken a.taken:not(.fetched)");
  if (taken) {
    taken.classList.add("fetched");
    taken.removeAttribute("target");
    taken.click();
  }
  keepAddress();
  label();
}).observe(document, { childList: true, subtree: true });

function keepAddress() {
  const links = document.querySelectorAll('.answer a.permalink[href^="#link:?conversation="]');
  const name = links.length && links[links.length - 1].getAttribute("href").match(/=([\w-]+)/)[1];
  if (name && !location.search.includes(`conversation=${name}`)) {
    history.replaceState(null, "", `?conversation=${name}`);
  } else if (!name && location.search.startsWith("?conversation=") && asked) {
    history.replaceState(null, "", location.pathname);
  }
}

// Names that Gradio's widgets do not give themselves, and what it says in English only.
function label() {
  document.querySelectorAll('[data-testid="toast-text"]').forEach((toast) => {
    const said = find(/^Connection/.test(toast.textContent) ? "#said-lost" : "#said-failed");
    const ours = said?.textContent.trim();
    if (ours && !toast.dataset.ours) {
      toast.dataset.ours = "yes";
      toast.textContent = ours;
    }
  });
  document.querySelectorAll('[data-testid="toast-close"]').forEach((button) => {
    button.setAttribute("aria-label", find("#said-close")?.textContent.trim() ?? "×");
  });
  const log = find('#conversation [role="log"]');
  if (log) log.tabIndex = 0;
  document.querySelectorAll(".languages a").forEach((link) => {
    const spoken = link.getAttribute("lang") === document.documentElement.lang;
    if (spoken) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  });
}

function scrollBox(box, target, above) {
  if (!box) return;
  const down = target ? target.getBoundingClientRect().top - box.getBoundingClientRect().top : 0;
  box.scrollTop = target ? box.scrollTop + down - above : 0;
}
