// The quote is brought into view, the panel takes the focus, and gives it back when it closes.
const giveBack = () => window.wenjuOpener?.isConnected && window.wenjuOpener.focus();
const close = () => { if (props.value) { props.value = ''; giveBack(); } };
watch('value', () => {
  const text = element.querySelector('.text');
  const mark = element.querySelector('mark');
  if (!text || !mark) return;
  text.scrollTop += mark.getBoundingClientRect().top - text.getBoundingClientRect().top
    - text.clientHeight / 3;
  element.querySelector('article').focus({ preventScroll: true });
  const sheet = element.closest('#source');
  const below = mark.getBoundingClientRect().top - sheet.getBoundingClientRect().bottom + 40;
  if (below > 0) sheet.scrollTop += below;
});
element.addEventListener('click', (event) => {
  if (event.target.closest('[data-event="close"]')) close();
});
document.addEventListener('keydown', (event) => {
  const isElsewhere = event.isComposing || event.defaultPrevented
    || event.target.closest?.('#sidebar');
  if (event.key === 'Escape' && !isElsewhere) close();
});
