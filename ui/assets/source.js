// The quote is brought into view, the panel takes the focus, and gives it back when it closes.
// It belongs to what is seen: a new question or conversation closes it, the other view hides it.
const giveBack = () => window.wenjuOpener?.isConnected && window.wenjuOpener.focus();
const isSeen = () => element.getClientRects().length > 0;
const close = () => { if (props.value && isSeen()) { props.value = ''; giveBack(); } };
const viewOf = (opener) => ['check', 'chat'].find((name) => opener.closest(`#${name}`))
  ?.replace('chat', 'ask') ?? document.querySelector('#main').dataset.view;
watch('value', () => {
  if (!props.value) return;
  if (!window.wenjuOpener) { // asked for where the page is no longer
    props.value = '';
    return;
  }
  const sheet = element.closest('#source');
  sheet.dataset.view = viewOf(window.wenjuOpener);
  const text = element.querySelector('.text');
  const mark = element.querySelector('mark');
  if (!text || !mark) return;
  text.scrollTop += mark.getBoundingClientRect().top - text.getBoundingClientRect().top
    - text.clientHeight / 3;
  element.querySelector('article').focus({ preventScroll: true });
  const below = mark.getBoundingClientRect().top - sheet.getBoundingClientRect().bottom + 40;
  if (below > 0) sheet.scrollTop += below;
});
element.addEventListener('click', (event) => {
  if (event.target.closest('[data-event="close"]')) close();
});
document.addEventListener('wenju-left', () => {
  window.wenjuOpener = null;
  props.value = '';
});
document.addEventListener('keydown', (event) => {
  const isElsewhere = event.isComposing || event.defaultPrevented
    || event.target.closest?.('#sidebar');
  if (event.key === 'Escape' && !isElsewhere) close();
});
