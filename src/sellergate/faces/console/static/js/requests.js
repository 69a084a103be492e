// The list of requests: moving by key, and the detail pane that follows.
import { $, $$, singleKeys } from './app.js';

const rows = () => $$('#rows > tr');
const current = () => $('#rows > tr[aria-current]');
let timer, shown = current()?.dataset.id;

function setCurrent(row, { focus = true, load = true } = {}) {
  if (!row) return;
  const old = current();
  if (old) { old.removeAttribute('aria-current'); old.tabIndex = -1; }
  row.setAttribute('aria-current', 'true'); row.tabIndex = 0;
  if (focus) { row.focus({ preventScroll: true }); row.scrollIntoView({ block: 'nearest' }); }
  if (load) { clearTimeout(timer); timer = setTimeout(() => detail(row), 90); }
}
async function detail(row) {
  clearTimeout(timer);
  if (shown === row.dataset.id) return;
  shown = row.dataset.id;
  await window.htmx.ajax('GET', $('a.nm', row).getAttribute('href'), { target: '#detail', swap: 'innerHTML' });
}
// Focus only after the swap, or it is lost to <body>.
async function openDetail(row) { $('#detail').classList.add('is-open'); await detail(row); $('#detail-h')?.focus(); }
function closeDetail() { $('#detail')?.classList.remove('is-open'); current()?.focus(); }

document.addEventListener('click', (e) => {
  if (e.target.closest('[data-act=close-detail]')) return closeDetail();
  const row = e.target.closest('#rows > tr');
  if (!row || e.ctrlKey || e.metaKey || e.shiftKey) return;
  const link = e.target.closest('a');
  if (link) e.preventDefault();
  setCurrent(row, { focus: !link });
  if (link) openDetail(row);
});
document.addEventListener('focusin', (e) => { const row = e.target.closest?.('#rows > tr'); if (row && row !== current()) setCurrent(row, { focus: false }); });
document.addEventListener('keydown', (e) => {
  if (e.ctrlKey || e.metaKey || e.altKey || e.isComposing || e.keyCode === 229) return; // an input method is at work
  if ($('dialog[open]')) return;
  const inField = e.target.closest('input:not([type=checkbox]), textarea, select'), at = current();
  if (e.key === 'Escape') { if ($('#detail')?.classList.contains('is-open')) closeDetail(); else if (inField) { inField.blur(); at?.focus(); } return; }
  if (inField) return;
  const go = (step) => { const all = rows(); setCurrent(all[Math.min(all.length - 1, Math.max(0, all.indexOf(at) + step))]); e.preventDefault(); };
  if (e.key === 'ArrowDown' && e.target.closest('#rows')) return go(1);
  if (e.key === 'ArrowUp' && e.target.closest('#rows')) return go(-1);
  if (e.key === 'Enter' && e.target === at) return openDetail(at);
  if (!singleKeys()) return;
  if (e.code === 'KeyJ') go(1); // by place on the keyboard: the same with a Korean layout
  else if (e.code === 'KeyK') go(-1);
  else if (e.key === '/') { $('#q').focus(); e.preventDefault(); }
});
document.addEventListener('htmx:afterSettle', (e) => {
  if (e.detail.target?.id !== 'inbox') return;
  shown = undefined;
  const load = $('#detail')?.dataset.load;
  if (load) detail(rows()[0]);
});
