// What is wider than its place must be reached by keyboard, to be scrolled there.
"use strict";
function reach() {
  for (const wide of document.querySelectorAll("pre, .table-wrapper, .cell_output, .cell_output .output")) {
    if (wide.scrollWidth > wide.clientWidth) wide.tabIndex = 0;
    else wide.removeAttribute("tabindex");
  }
}
addEventListener("load", reach);
addEventListener("resize", reach);
reach();
