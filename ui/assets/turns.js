// What can be done with an answer: see what it cites, copy it, put its question into the box.
const markerAt = (target) => target.closest?.('.answer .marker');
const preview = () => element.querySelector('.preview');
const show = (marker) => {
  const cited = marker.closest('.turn').querySelector(
    `.citations [data-marker="${marker.dataset.marker}"]`,
  )?.closest('li');
  const box = preview();
  if (!cited || !box) return;
  box.textContent = cited.dataset.quote;
  box.hidden = false;
  const all = element.querySelector('.turns').getBoundingClientRect();
  box.style.top = `${marker.getBoundingClientRect().bottom - all.top + 4}px`;
};
const hide = () => { if (preview()) preview().hidden = true; };
for (const event of ['mouseover', 'focusin']) {
  element.addEventListener(event, ({ target }) => {
    const marker = markerAt(target);
    if (marker) show(marker);
    else if (!target.closest?.('.preview')) hide();
  });
}
element.addEventListener('mouseleave', hide);
element.addEventListener('focusout', hide);
element.addEventListener('click', hide);
document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape' || preview()?.hidden !== false) return;
  event.preventDefault(); // this alone closes, no source panel behind it
  hide();
}, true);
const textOf = (turn) => {
  const said = turn.querySelector('.answer, .refusal').innerText;
  const sources = [...turn.querySelectorAll('.citations .open')].map((each) => each.innerText);
  return [said, ...sources].join('\n');
};
// `navigator.clipboard` is there on secure addresses alone.
const copy = async (text) => {
  if (navigator.clipboard) {
    await navigator.clipboard.writeText(text);
    return;
  }
  const box = document.createElement('textarea');
  box.value = text;
  document.body.append(box);
  box.select();
  document.execCommand('copy');
  box.remove();
};
element.addEventListener('click', async ({ target }) => {
  const button = target.closest('[data-do]');
  const turn = target.closest('.turn');
  if (button?.dataset.do === 'edit') window.wenju.edit(turn.querySelector('.question').textContent);
  if (button?.dataset.do !== 'copy') return;
  await copy(textOf(turn));
  const label = button.textContent;
  button.textContent = element.querySelector('.turns').dataset.copied;
  setTimeout(() => { button.textContent = label; }, 2000);
});
