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
