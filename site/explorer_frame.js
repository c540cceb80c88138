// Tells the page around a frame how high the explorer is, so that nothing has to be scrolled inside it, and takes the
// page's theme.
if (window.parent !== window) {
  const tell = () => window.parent.postMessage({ explorer: document.documentElement.offsetHeight }, "*");
  window.addEventListener("message", ({ source, data }) => {
    if (source === window.parent && data && data.theme) document.documentElement.dataset.theme = data.theme;
  });
  new ResizeObserver(tell).observe(document.documentElement);
  tell();
}
