// Counts the words of a field while it is written: data-count-words names the element that says how many.
const hasWord = /[\p{L}\p{N}]/u;
const count = (text) => text.split(/\s+/u).filter((word) => hasWord.test(word)).length;

document.querySelectorAll("[data-count-words]").forEach((field) => {
  const shown = document.getElementById(field.dataset.countWords);
  const asked = shown.textContent.split(";")[1];
  const say = () => {
    const words = count(field.value);
    shown.textContent = `${words} ${words === 1 ? "word" : "words"}${asked ? `;${asked}` : ""}`;
  };
  field.addEventListener("input", say);
});
