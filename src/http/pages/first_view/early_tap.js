// Remembers the button that is tapped before the program is there, which then does what it asks for.
addEventListener("click", function (event) {
  var button = event.target.closest("button");
  if (!button || window.earlyTap === null) return;
  if (window.earlyTap) window.earlyTap.removeAttribute("aria-busy");
  window.earlyTap = button;
  button.setAttribute("aria-busy", "true");
});
