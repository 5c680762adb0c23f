// data-copy names the field to copy, data-status the element that says so.
for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).value);
    document.getElementById(button.dataset.status).textContent = "Copied";
  });
}
