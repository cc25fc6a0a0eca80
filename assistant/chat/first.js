// Before Gradio loads: the language that a reader chose goes before that of the browser.
{
  const chosen = document.cookie.match(/(?:^|; )apostilla_language=(es|en)\b/)?.[1];
  if (chosen) Object.defineProperty(navigator, "language", { get: () => chosen });
  const spoken = (chosen ?? navigator.language ?? "").startsWith("es") ? "es" : "en";
  document.documentElement.lang = spoken;
}
