// What Gradio does not do by itself: quotes that can be clicked, and scrolling to what is new.

// A quote's link is "#quote:<book>:<start>-<end>"; its words are entered in the hidden box "turn".
document.addEventListener(
  "click",
  (event) => {
    const link = event.target.closest('a[href^="#quote:"]');
    const box = document.querySelector("#turn textarea");
    if (!link || !box) return;
    event.preventDefault();
    event.stopPropagation();
    box.value = link.getAttribute("href").slice("#quote:".length);
    box.dispatchEvent(new Event("input", { bubbles: true }));
    box.dispatchEvent(new KeyboardEvent("keypress", { key: "Enter", bubbles: true }));
    document.querySelector("#panel").scrollIntoView({ block: "nearest" });
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
