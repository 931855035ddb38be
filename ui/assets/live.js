// An answer on its way is followed, and said to be over.
watch('value', () => {
  const turn = element.querySelector('.turn');
  const { pending, follow } = window.wenju;
  if (turn?.classList.contains('stopped')) return; // the page has gone on since
  if (!turn) pending.answered();
  else if (turn.getAttribute('aria-busy') === 'false') pending.failed();
  else pending.heard();
  follow();
});
document.addEventListener('wenju-stopped', () => { props.value = ''; });
