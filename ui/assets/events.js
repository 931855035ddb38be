// Clicks and forms with `data-event` become events of the component; runs once per component.
const detail = (target, extra) => {
  const { event, confirm, removed, ...data } = target.dataset;
  return { ...data, ...extra };
};
const send = {
  open_source: (data) => trigger('open_source', data),
  open_document: (data) => trigger('open_document', data),
  open_conversation: (data) => trigger('open_conversation', data),
  delete_conversation: (data) => trigger('delete_conversation', data),
  delete_document: (data) => trigger('delete_document', data),
  example: (data) => trigger('example', data),
  again: (data) => trigger('again', data),
  rate: (data) => trigger('rate', data),
  note: (data) => trigger('note', data),
};
element.addEventListener('click', (event) => {
  const target = event.target.closest('[data-event]');
  if (!target || target.tagName === 'FORM') return;
  if (target.dataset.confirm && !window.confirm(target.dataset.confirm)) return;
  if (target.dataset.event.startsWith('open_')) window.wenjuOpener = target;
  const { event: name, conversation, document: file } = target.dataset;
  const isLeft = name === 'delete_conversation' && conversation === window.wenju.conversation();
  if (name === 'open_conversation') window.wenju.go(conversation);
  else if (isLeft) window.wenju.go('');
  else if (name === 'delete_document' && window.wenjuOpener?.dataset.document === file) {
    window.wenju.leave();
  }
  if (['example', 'again'].includes(name) && !window.wenju.mayAsk(target.dataset.question)) return;
  if (name.startsWith('delete_')) target.dispatchEvent(new Event('deleting', { bubbles: true }));
  send[name](detail(target));
});
element.addEventListener('submit', (event) => {
  event.preventDefault();
  const form = event.target;
  send[form.dataset.event](detail(form, Object.fromEntries(new FormData(form))));
});
