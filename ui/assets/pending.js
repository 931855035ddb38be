// One question is answered at a time. The next waits here, one that got no answer can be asked
// again with a click, and a silence of the server is said.
const SILENCE = 8; // seconds
let current = '';
let next = '';
let unanswered = '';
let heard = 0;
let clock = 0;
const row = (name) => element.querySelector(`.${name}`);
const show = () => {
  const seconds = current ? Math.floor((Date.now() - heard) / 1000) : 0;
  document.querySelector('#main').dataset.asking = String(Boolean(current));
  clearTimeout(clock);
  if (current) clock = setTimeout(show, 1000);
  if (!row('silent')) return; // asked before the server has filled the page in
  row('silent').hidden = seconds < SILENCE;
  row('seconds').textContent = seconds;
  const within = [...window.wenju.within.values()].join(' · ');
  for (const [name, text] of Object.entries({ next, unanswered, within })) {
    row(name).hidden = !text;
    row(name).querySelector('q').textContent = text;
  }
};
const takeBack = () => { // what waits goes where it came from, if there is room
  if (next && window.wenju.giveBack(next)) next = '';
};
const ask = (question) => {
  window.wenju.begin(question);
  trigger('again', { question });
};
window.wenju.pending = {
  isAnswering: () => Boolean(current),
  begin: (question) => {
    if (unanswered === question) unanswered = '';
    [current, heard] = [question, Date.now()];
    show();
  },
  // False where another one waits already.
  wait: (question) => {
    if (next) return false;
    next = question;
    show();
    return true;
  },
  heard: () => {
    heard = Date.now();
    show();
  },
  answered: () => {
    const question = next;
    [current, next] = ['', ''];
    show();
    if (question) ask(question);
  },
  failed: () => {
    if (!current) return;
    [current, unanswered] = ['', current];
    takeBack();
    show();
  },
  shown: (question) => {
    if (unanswered === question) unanswered = '';
    show();
  },
  left: () => {
    takeBack();
    [current, next, unanswered] = ['', '', ''];
    show();
  },
};
element.addEventListener('click', ({ target }) => {
  const name = target.closest('[data-do]')?.dataset.do;
  if (name === 'drop') next = '';
  if (name === 'forget') unanswered = '';
  if (name === 'everything') {
    window.wenju.within.clear();
    document.dispatchEvent(new Event('wenju-within'));
  }
  if (name === 'again') {
    const question = unanswered;
    unanswered = '';
    window.wenju.taken(question);
    if (!current) ask(question);
    else if (!window.wenju.pending.wait(question)) unanswered = question;
  }
  if (name) show();
});
document.addEventListener('wenju-within', show);
watch('value', show);
