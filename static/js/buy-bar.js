// On a phone the bar at the foot (data-buy-bar) steps aside while the form that it leads to is in view.
for (const bar of document.querySelectorAll("[data-buy-bar]")) {
  const form = document.getElementById(bar.dataset.buyBar);
  if (form) new IntersectionObserver(([entry]) => { bar.hidden = entry.isIntersecting; }).observe(form);
}
