// Files go to the API; what became of them comes back as an event.
element.addEventListener('change', async (event) => {
  const input = event.target;
  if (input.type !== 'file' || !input.files.length) return;
  const form = input.closest('form');
  form.classList.add('busy');
  const body = new FormData();
  for (const file of input.files) body.append('files', file);
  const address = new URL('../v1/documents', document.baseURI);
  address.searchParams.set('index', form.dataset.index);
  let result;
  try {
    result = await (await fetch(address, { method: 'POST', body })).json();
  } catch {
    result = { error: { message: '', remedy: '' } };
  }
  if (result.inputs) result.inputs = result.inputs.slice(0, 200);
  trigger('uploaded', { result: JSON.stringify(result) });
});
