// Asking or checking: the page alone keeps which of the two is seen.
const main = () => document.querySelector('#main');
const show = (view) => {
  main().dataset.view = view;
  sessionStorage.setItem('wenju-view', view);
  for (const button of element.querySelectorAll('[data-view]')) {
    button.setAttribute('aria-pressed', String(button.dataset.view === view));
  }
};
watch('value', () => show(main().dataset.view ?? sessionStorage.getItem('wenju-view') ?? 'ask'));
element.addEventListener('click', (event) => {
  const view = event.target.closest('[data-view]')?.dataset.view;
  if (!view) return;
  show(view);
  document.querySelector(view === 'check' ? '#text textarea' : '#question textarea')?.focus();
});
document.addEventListener('click', (event) => {
  if (event.target.closest?.('#new, #history [data-event="open_conversation"]')) show('ask');
});
