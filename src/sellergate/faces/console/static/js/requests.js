// The list of requests: moving by key, the detail pane that follows, and reading the list anew.
import { $, $$, singleKeys } from './app.js';

export const rows = () => $$('#rows > tr');
export const current = () => $('#rows > tr[aria-current]');
let timer, shown = current()?.dataset.id, hadFocus = false, was, readings = 0;
/** Grows whenever the list has been read anew: what was taken from an older one cannot be put back by hand. */
export const reading = () => readings;

export function setCurrent(row, { focus = true, load = true } = {}) {
  if (!row) return;
  const old = current();
  if (old) { old.removeAttribute('aria-current'); old.tabIndex = -1; }
  row.setAttribute('aria-current', 'true'); row.tabIndex = 0;
  if (focus) { row.focus({ preventScroll: true }); row.scrollIntoView({ block: 'nearest' }); }
  if (load) { clearTimeout(timer); timer = setTimeout(() => detail(row), 90); }
}
async function detail(row) {
  clearTimeout(timer);
  if (shown === row.dataset.id || !row.isConnected) return;
  shown = row.dataset.id;
  await window.htmx.ajax('GET', $('a.nm', row).getAttribute('href'), { target: '#detail', swap: 'innerHTML' });
}
// Focus only after the swap, or it is lost to <body>.
async function openDetail(row) { $('#detail').classList.add('is-open'); await detail(row); $('#detail-h')?.focus(); }
export function closeDetail({ focus = true } = {}) { $('#detail')?.classList.remove('is-open'); if (focus) current()?.focus(); }

/** The list from its first page, with the filters it has. */
export async function reload(address) {
  const at = new URL(address ?? location.href, location.href);
  for (const name of ['before', 'after', 'n']) at.searchParams.delete(name);
  await window.htmx.ajax('GET', at.pathname + at.search, { target: '#inbox', swap: 'morph:innerHTML' });
  history.replaceState(history.state, '', at.pathname + at.search);
}

document.addEventListener('click', (e) => {
  if (e.target.closest('[data-act=close-detail]')) return closeDetail();
  const row = e.target.closest('#rows > tr');
  if (!row || e.ctrlKey || e.metaKey || e.shiftKey || e.target.closest('button, input, .c-chk')) return;
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
const isList = (e) => e.detail.target?.id === 'inbox';
document.addEventListener('htmx:beforeSwap', (e) => {
  if (!isList(e)) return;
  was = current()?.dataset.id;
  const active = document.activeElement;
  hadFocus = !active || active === document.body || active.id === 'main' || Boolean(active.closest('#rows, .bulk, #news, #jobs'));
});
document.addEventListener('htmx:afterSettle', (e) => {
  if (!isList(e)) return;
  readings += 1;
  shown = undefined;
  const all = rows(), row = all.find((each) => each.dataset.id === was) ?? all[0];
  if (row) { setCurrent(row, { focus: hadFocus, load: false }); detail(row); } else if (hadFocus) $('#main').focus();
  dispatchEvent(new CustomEvent('sg:list'));
});
