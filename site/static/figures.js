// Lays a link to the whole picture behind each figure, since a figure of many panels is small on a phone.
for (const image of document.querySelectorAll(".bd-article img")) {
  if (image.closest("a") || image.src.startsWith("data:")) continue;
  const link = document.createElement("a");
  link.href = image.src;
  link.className = "whole-figure";
  image.replaceWith(link);
  link.append(image);
}
