// Everything works without this file. It adds keys, a screen that clears itself, and a sign of life while a page is used.
"use strict";

// Return sends, Shift+Return makes a line break (R9). On a touch screen Return makes the line break: the button sends.
const text = document.getElementById("text");
if (text && !matchMedia("(pointer: coarse)").matches) {
  document.getElementById("keys").hidden = false;
  text.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.isComposing || event.repeat) return;
    event.preventDefault();
    text.form.requestSubmit();
  });
}

// When the session has idled out, what it showed leaves the screen too; never while somebody is typing.
const { putAway, putAwayAfter, here, hereEvery } = document.body.dataset;
let timer;
const restart = () => {
  clearTimeout(timer);
  timer = setTimeout(() => location.replace(putAway), putAwayAfter * 1000);
};
if (putAway) {
  document.addEventListener("input", restart);
  restart();
}

// Who reads or types here is in the conversation: meanwhile no mail goes out for every message. A page that nobody
// touches, or that lies behind another, says nothing.
if (here) {
  let used = false;
  for (const sign of ["pointerdown", "keydown", "wheel", "touchmove"]) {
    document.addEventListener(sign, () => { used = true; }, { passive: true });
  }
  setInterval(async () => {
    if (!used || document.visibilityState !== "visible") return;
    used = false;
    const body = new URLSearchParams({ form_token: document.querySelector("input[name=form_token]").value });
    try {
      if ((await fetch(here, { method: "POST", body })).ok) restart();
    } catch {
      // The next one may get through.
    }
  }, hereEvery * 1000);
}
