// What Gradio does not do by itself: quotes that can be clicked, and scrolling to what is new.

// What stands after "#quote:" or "#alone:" in a link is entered in the hidden box for it.
const boxes = { quote: "#turn", alone: "#alone" };
document.addEventListener(
  "click",
  (event) => {
    const link = event.target.closest('a[href^="#quote:"], a[href^="#alone:"]');
    const [, kind, told] = link?.getAttribute("href").match(/^#(\w+):(.*)$/) ?? [];
    const box = link && document.querySelector(`${boxes[kind]} textarea`);
    if (!link || !box) return;
    event.preventDefault();
    event.stopPropagation();
    box.value = told;
    box.dispatchEvent(new Event("input", { bubbles: true }));
    box.dispatchEvent(new KeyboardEvent("keypress", { key: "Enter", bubbles: true }));
    if (kind === "quote") document.querySelector("#panel").scrollIntoView({ block: "nearest" });
  },
  true,
);

// A quotation is copied with its citation: the server has the words that stand after "#copy:".
document.addEventListener(
  "click",
  (event) => {
    const link = event.target.closest('a[href^="#copy:"]');
    if (!link) return;
    event.preventDefault();
    event.stopPropagation();
    const menu = link.closest("details");
    menu.classList.remove("copied", "refused");
    copy(`copy/${link.getAttribute("href").slice("#copy:".length)}`).then(
      () => menu.classList.add("copied"),
      () => menu.classList.add("refused"),
    );
  },
  true,
);

async function copy(address) {
  const told = fetch(address).then(async (answer) => {
    if (!answer.ok) throw new Error(answer.status);
    return new Blob([await answer.text()], { type: "text/plain" });
  });
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

// The panel scrolls to its mark, the conversation to the question that was asked last.
let asked = 0;
new MutationObserver((changes) => {
  const sheet = document.querySelector("#sheet");
  if (sheet && changes.some((change) => sheet.contains(change.target))) {
    const mark = sheet.querySelector("mark");
    scrollBox(sheet, mark, sheet.clientHeight / 4);
  }
  const questions = document.querySelectorAll("#conversation .asked");
  if (questions.length > asked) {
    const last = questions[questions.length - 1];
    scrollBox(last.closest('[role="log"]'), last, 50);
  }
  asked = questions.length;
}).observe(document, { childList: true, subtree: true });

function scrollBox(box, target, above) {
  if (!box) return;
  const down = target ? target.getBoundingClientRect().top - box.getBoundingClientRect().top : 0;
  box.scrollTop = target ? box.scrollTop + down - above : 0;
}
