const get = id => document.getElementById(id), rows = [...document.querySelectorAll('.row')];
function filter() {
  const words = get('words').value.toLowerCase(), fault = get('fault').value;
  let shown = 0;
  for (const row of rows) {
    const fits = (!fault || row.dataset.fault.split('|').includes(fault))
      && (!get('direction').value || row.dataset.direction === get('direction').value)
      && row.textContent.toLowerCase().includes(words);
    row.hidden = !fits;
    shown += fits;
  }
  get('shown').textContent = shown + ' of ' + rows.length;
}
if (get('words')) {
  for (const id of ['words', 'fault', 'direction']) get(id).addEventListener('input', filter);
  filter();
}
