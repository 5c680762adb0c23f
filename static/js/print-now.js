// Opens the browser's print window, which also saves as PDF.
addEventListener("load", () => print());
