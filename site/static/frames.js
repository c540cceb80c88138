// Gives each explorer's frame the height that the explorer tells, and tells the explorer the page's theme.
const root = document.documentElement;

function tellTheme(frame) {
  frame.contentWindow.postMessage({ theme: root.dataset.theme === "dark" ? "dark" : "light" }, "*");
}

window.addEventListener("message", ({ source, data }) => {
  const height = Number(data && data.explorer);
  if (!(height > 0)) return;
  for (const frame of document.querySelectorAll("iframe.explorer")) {
    if (frame.contentWindow !== source) continue;
    frame.style.height = `${Math.ceil(height)}px`;
    tellTheme(frame);
  }
});
new MutationObserver(() => document.querySelectorAll("iframe.explorer").forEach(tellTheme)).observe(root, {
  attributeFilter: ["data-theme"],
});
