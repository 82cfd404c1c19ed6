// Everything works without this file. It adds two things: keys, and a screen that clears itself.
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
const { putAway, putAwayAfter } = document.body.dataset;
if (putAway) {
  let timer;
  const restart = () => {
    clearTimeout(timer);
    timer = setTimeout(() => location.replace(putAway), putAwayAfter * 1000);
  };
  document.addEventListener("input", restart);
  restart();
}
