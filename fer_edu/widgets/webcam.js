// The camera of the machine that shows the page: asked for only when somebody presses the button, switched off after
// one picture. The picture goes to the kernel, wherever that runs, and nowhere else.

const LONGEST = 1280; // pixels of the longest side that is asked for

const WHY = {
  NotAllowedError: "The browser was not allowed to use the camera: allow it beside the address, or upload a picture.",
  NotFoundError: "No camera was found: upload a picture.",
  NotReadableError: "The camera is in use by another program: close that, or upload a picture.",
  OverconstrainedError: "No camera was found that gives such pictures: upload one.",
};

function render({ model, el }) {
  const part = (tag, values) => Object.assign(document.createElement(tag), values);
  const start = part("button", { type: "button", className: "wc-start", textContent: "use the camera" });
  const take = part("button", { type: "button", className: "wc-take", textContent: "take the picture", hidden: true });
  const video = part("video", { className: "wc-video", muted: true, playsInline: true, hidden: true });
  const words = part("div", { className: "wc-words" });
  words.setAttribute("role", "status");
  video.setAttribute("aria-label", "what the camera sees");
  el.classList.add("wc");
  el.append(start, take, video, words);
  let stream = null;
  let gone = false; // whether the widget has left the page

  const off = (some) => some.getTracks().forEach((track) => track.stop());

  function stop() {
    if (stream) off(stream);
    stream = null;
    video.srcObject = null;
    video.hidden = take.hidden = true;
    start.hidden = false;
  }

  start.onclick = async () => {
    words.textContent = "";
    if (!navigator.mediaDevices || !navigator.mediaDevices.getUserMedia) {
      words.textContent = "This page has no camera (it needs https or localhost): upload a picture.";
      return;
    }
    start.disabled = true;
    try {
      const wanted = { video: { facingMode: "user", width: { ideal: LONGEST } }, audio: false };
      const allowed = await navigator.mediaDevices.getUserMedia(wanted);
      if (gone) return off(allowed); // while the browser asked, the widget has left: nobody could switch it off
      stream = allowed;
      stream.getVideoTracks()[0].onended = () => {
        stop();
        words.textContent = "The camera has stopped by itself: use it again, or upload a picture.";
      };
      video.srcObject = stream;
      await video.play();
      start.hidden = true;
      video.hidden = take.hidden = false;
      take.focus();
    } catch (error) {
      stop();
      words.textContent = WHY[error.name] || `The camera gave no picture (${error.name}): upload one.`;
    } finally {
      start.disabled = false;
    }
  };

  take.onclick = () => {
    const canvas = part("canvas", { width: video.videoWidth, height: video.videoHeight });
    canvas.getContext("2d").drawImage(video, 0, 0);
    stop();
    start.focus();
    canvas.toBlob(async (blob) => {
      words.textContent = blob ? "The camera is off." : "The camera gave no picture: use it again, or upload one.";
      if (blob) model.send({ kind: "frame" }, undefined, [await blob.arrayBuffer()]);
    }, "image/jpeg", 0.92);
  };

  return () => {
    gone = true;
    stop();
  };
}

export default { render };
