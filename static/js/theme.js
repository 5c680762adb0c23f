// Light or dark as chosen here before; runs before the first paint, so it is no module.
(() => {
  const root = document.documentElement;
  const saved = localStorage.getItem("theme");
  if (saved) root.dataset.theme = saved;

  const isDark = () =>
    root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;

  const bind = (button) => {
    const label = () => { button.lastChild.textContent = isDark() ? "Light theme" : "Dark theme"; };
    button.hidden = false;
    label();
    button.addEventListener("click", () => {
      root.dataset.theme = isDark() ? "light" : "dark";
      localStorage.setItem("theme", root.dataset.theme);
      label();
    });
  };
  document.addEventListener("DOMContentLoaded", () =>
    document.querySelectorAll("[data-theme-toggle]").forEach(bind));
})();
