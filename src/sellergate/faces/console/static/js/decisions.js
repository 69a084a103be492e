// Deciding: selection, the bulk bar, dialogs, and taking back. Rows leave at once and come back when the server says no.
import { $, $$, announce, fmt, openDialog, singleKeys, toast, words } from './app.js';
import { closeDetail, current, reading, reload, rows, setCurrent } from './requests.js';

const say = () => $('#say').dataset;
const box = (row) => $('.c-chk input', row);
const name = (row) => row.dataset.name;
const picked = () => rows().filter((row) => box(row)?.checked);
const pending = new Set(), undos = [];
const FEW = 5;
let anchor = null, everything = false, refilling = false;

const newKey = () => [...crypto.getRandomValues(new Uint8Array(16))].map((each) => each.toString(16).padStart(2, '0')).join('');
async function post(address, fields = []) {
  const body = new URLSearchParams([['csrf', $('input[name=csrf]').value], ...fields]);
  let answer;
  try { answer = await fetch(address, { method: 'POST', body, headers: { 'HX-Request': 'true' } }); } catch { throw new Error(words().offline); }
  const elsewhere = answer.headers.get('HX-Redirect');
  if (elsewhere?.startsWith('/sign-in')) { location.href = elsewhere; throw new Error(words().failed); }
  const sent = new DOMParser().parseFromString(await answer.text(), 'text/html');
  if (!answer.ok) throw new Error($('[data-failure]', sent)?.dataset.failure ?? words().failed);
  return sent;
}

// What could be approved of these: each takes a place of its product.
function possible(list) {
  const free = {};
  return list.filter((row) => {
    if ('block' in row.dataset) return false;
    if (row.dataset.free === '') return true;
    free[row.dataset.place] ??= Number(row.dataset.free);
    return free[row.dataset.place]-- > 0;
  });
}
function sync() {
  const list = picked(), all = $('#all'), bulk = $('#bulk'), total = Number($('#decide')?.dataset.all ?? 0);
  if (list.length < rows().length) everything = false;
  const n = everything ? total : list.length, ok = everything ? total : possible(list).length, blocked = n - ok;
  bulk.hidden = n === 0; document.body.classList.toggle('has-bulk', n > 0);
  $('#bulk-n').textContent = n;
  const more = $('[data-act=everything]'); more.hidden = everything || list.length < rows().length || total <= list.length; more.textContent = fmt(more.dataset.tpl, { n: total });
  const warn = $('#bulk-warn'), text = $('span', warn);
  warn.hidden = blocked === 0; text.textContent = fmt(matchMedia('(max-width: 1240px)').matches ? text.dataset.tplShort : text.dataset.tpl, { n: blocked });
  const approve = $('[data-act=bulk-approve]'); $('span', approve).textContent = fmt(everything ? say().approveAll : say().approveN, { n: ok }); approve.disabled = ok === 0;
  if (all) { all.checked = n > 0 && list.length === rows().length; all.indeterminate = n > 0 && !all.checked; }
}
function clear() { for (const row of picked()) box(row).checked = false; everything = false; sync(); }

function putBack(list) {
  for (const row of [...list].sort((a, b) => a.ariaRowIndex - b.ariaRowIndex)) {
    row.removeAttribute('aria-current'); row.tabIndex = -1;
    const later = rows().find((each) => Number(each.ariaRowIndex) > Number(row.ariaRowIndex));
    $('#rows').insertBefore(row, later ?? null);
  }
}
async function comeBack(list, since) {
  if (since !== reading() || !$('#rows')) { await reload(); return; }
  putBack(list); setCurrent(list[0]); sync();
}
function remove(list) {
  const next = list.at(-1).nextElementSibling ?? list[0].previousElementSibling;
  const active = document.activeElement, hadFocus = !active || active === document.body || Boolean(active.closest('#rows, .bulk, #detail'));
  for (const row of list) { const tick = box(row); if (tick) tick.checked = false; row.remove(); }
  let to = next; while (to && !to.isConnected) to = to.nextElementSibling;
  closeDetail({ focus: false });
  setCurrent(to ?? rows()[0], { focus: hadFocus });
  if (!rows().length && hadFocus) $('#main').focus();
  sync();
}
// When few rows are left, what follows is read: once nothing is on its way any more, and below those that are there.
const isShort = () => $('#rows') && (!rows().length || (rows().length < FEW && $('.pager a[rel=next][href]')));
async function refill() {
  if (refilling || !isShort()) return;
  refilling = true; // once: a second reading would take away what is ticked in the first
  await Promise.allSettled([...pending]);
  try { if (isShort() && !pending.size && !picked().length && !$('dialog[open]')) await reload(); } finally { refilling = false; }
}

// Optimistic: the rows leave now, and the server holds the decision for ten seconds.
function decide(list, action, fields, text) {
  const since = reading();
  clear(); remove(list); announce(text);
  const sent = post('/s/requests/decisions', [['key', newKey()], ['action', action], ...list.map((row) => ['id', row.dataset.token]), ...fields]);
  const toasted = toast(text, { undo: () => undo.run() });
  const undo = { async run() {
    toasted.close(); undos.splice(undos.indexOf(undo), 1);
    try {
      const batch = $('.decided', await sent).dataset.batch;
      if (!batch) return;
      await post(`/s/requests/decisions/${batch}/undo`);
      await comeBack(list, since); announce(words().undone);
    } catch (error) { toast(error.message); }
  } };
  undos.push(undo);
  const settled = sent.then(
    (answer) => settle(answer, list, since, toasted, undo),
    (error) => { toasted.close(); undos.splice(undos.indexOf(undo), 1); toast(error.message); return comeBack(list, since); },
  );
  pending.add(settled); settled.finally(() => { pending.delete(settled); refill(); });
  refill();
}
// What the server has left: a full product's request stays, and what somebody else has decided says so before it goes.
function settle(answer, list, since, toasted, undo) {
  const left = $$('[data-left]', answer);
  if (!left.length) return;
  if (!$('.decided', answer).dataset.batch) { toasted.close(); undos.splice(undos.indexOf(undo), 1); }
  toast(left.length > 1 ? `${$('.decided', answer).dataset.title}. ${left[0].dataset.text}` : left[0].dataset.text);
  if (since !== reading()) return;
  for (const each of left) {
    const row = list.find((one) => one.dataset.id === each.dataset.left);
    putBack([row]);
    if (each.dataset.stays === 'yes') row.dataset.block = each.dataset.text;
    else showOutcome(row, each.dataset.text);
  }
  if (!current()) setCurrent(rows()[0], { focus: document.activeElement === document.body });
  sync();
}
function showOutcome(row, text) {
  const cell = document.createElement('td');
  cell.colSpan = row.cells.length; cell.setAttribute('role', 'cell'); cell.className = 'outcome'; cell.textContent = `${name(row)}: ${text}`;
  const link = $('a.nm', row); link.hidden = true; cell.append(link);
  row.replaceChildren(cell); row.classList.add('is-outcome'); delete row.dataset.token;
  setTimeout(() => { if (row.isConnected) { remove([row]); refill(); } }, 5000);
}

const decidable = (list) => list.filter((row) => row.dataset.token);
function approve(list) {
  const able = possible(decidable(list));
  if (!able.length) { if (list.length) toast(list[0].dataset.block === '' ? say().waits : say().full); return; }
  decide(able, 'approve', [], able.length > 1 ? fmt(say().approvedMany, { n: able.length }) : fmt(say().approved, { name: name(able[0]) }));
}
async function withWords(list, action, dialog, title, button, one, many, doneOne, doneMany) {
  list = decidable(list);
  const n = everything ? Number($('#decide').dataset.all) : list.length;
  if (!n) return;
  const heading = n > 1 ? fmt(many, { n }) : fmt(one, { name: name(list[0]) });
  $(title).textContent = heading; $(button).textContent = heading;
  $(`#${dialog} form`).reset(); checkNote();
  const given = await openDialog(dialog);
  if (!given) { current()?.focus(); return; }
  const fields = [...given.entries()].filter(([, value]) => value);
  const said = n > 1 ? fmt(doneMany, { n, date: say().date }) : fmt(doneOne, { name: name(list[0]), date: say().date });
  if (everything) decideEverything(action, fields); else decide(list, action, fields, said);
}
const reject = (list) => withWords(list, 'reject', 'dlg-reject', '#dr-h', '#dr-ok', say().reject, say().rejectMany, say().rejected, say().rejectedMany);
const ask = (list) => withWords(list, 'ask-info', 'dlg-ask', '#da-h', '#da-ok', say().ask, say().askMany, say().asked, say().askedMany);
// "Other" means nothing without a note.
function checkNote() {
  const dialog = $('#dlg-reject'), note = $('textarea', dialog), other = $('input[name=preset][value="5"]', dialog).checked;
  note.required = other; if (other) note.minLength = 10; else note.removeAttribute('minlength');
}

// Everything that matches, also what is on no page of ours: the filters and the moment of reading say which.
async function decideEverything(action, fields) {
  const form = [...new FormData($('#decide')).entries()].filter(([key]) => !['csrf', 'key', 'id'].includes(key));
  clear();
  try {
    const answer = await post('/s/requests/decisions', [['key', newKey()], ['action', action], ['all', '1'], ...form, ...fields]);
    const { job, title } = $('.decided', answer).dataset;
    const toasted = toast(title, { undo: () => undo.run() });
    const undo = { async run() { toasted.close(); undos.splice(undos.indexOf(undo), 1); await stop(job); } };
    undos.push(undo); setTimeout(() => { if (undos.includes(undo)) undos.splice(undos.indexOf(undo), 1); }, 10000);
    await lookAtJobs();
  } catch (error) { toast(error.message); }
  current()?.focus();
}
async function stop(job) {
  try { await post(`/s/requests/jobs/${job}/stop`); announce(say().stopped); await lookAtJobs(); } catch (error) { toast(error.message); }
}
async function lookAtJobs() {
  const answer = await fetch('/s/requests/jobs', { headers: { 'HX-Request': 'true' } });
  const jobs = answer.ok && $('#jobs', new DOMParser().parseFromString(await answer.text(), 'text/html'));
  if (jobs) window.Idiomorph.morph($('#jobs'), jobs);
  noticeJobs();
}

// A job that has ended, and a decision that could not be carried out, have changed the list.
let openJobs = $('#jobs').dataset.open, outcomes = new Set($$('[id^=outcome-]').map((each) => each.id));
function noticeJobs() {
  const open = $('#jobs').dataset.open, ids = $$('[id^=outcome-]').map((each) => each.id);
  const ended = openJobs.split(' ').some((id) => id && !open.split(' ').includes(id)), fresh = ids.filter((id) => !outcomes.has(id));
  for (const id of fresh) announce(document.getElementById(id).textContent);
  openJobs = open; outcomes = new Set(ids);
  if ((ended || fresh.length) && !picked().length && !pending.size && !$('dialog[open]')) reload();
}
let told = '';
async function noticeNews() {
  const at = $('#live-newest').dataset.at, form = $('#decide'), asOf = form && $('[name=as_of]', form).value;
  if (!at || !asOf || Date.parse(at) <= Date.parse(asOf) || at === told) return;
  told = at;
  const query = new URLSearchParams([...new FormData(form).entries()].filter(([key]) => ['view', 'q', 'product', 'tier'].includes(key)));
  query.set('since', asOf);
  await window.htmx.ajax('GET', `/s/requests/new?${query}`, { target: '#news', swap: 'innerHTML' });
  const pill = $('#news a'); if (pill) announce(pill.textContent.trim());
}
addEventListener('sg:topic', (e) => { if (e.detail.name === 'inbox') { noticeJobs(); noticeNews(); } });
addEventListener('sg:list', () => { anchor = null; told = ''; everything = false; sync(); });

const ACTS = {
  approve: (list) => approve(list), reject: (list) => reject(list), ask: (list) => ask(list),
  'bulk-approve': () => (everything ? decideEverything('approve', []) : approve(picked())), 'bulk-reject': () => reject(picked()),
  clear: () => { clear(); current()?.focus(); }, everything: () => { everything = true; sync(); $('[data-act=bulk-approve]').focus(); },
};
document.addEventListener('click', (e) => {
  const pill = e.target.closest('#news a');
  if (pill) { e.preventDefault(); reload(pill.href); return; }
  const button = e.target.closest('[data-act]'), act = button && ACTS[button.dataset.act];
  if (!act) return;
  e.preventDefault();
  const own = button.closest('form[data-row]')?.dataset.row, row = button.closest('#rows > tr') ?? (own && document.getElementById(`r-${own}`)) ?? current();
  act(row ? [row] : []);
});
document.addEventListener('submit', (e) => {
  const job = e.target.dataset.stop;
  if (job) { e.preventDefault(); stop(job); }
});
function selectTo(row, on) {
  const all = rows(), i = all.indexOf(anchor), j = all.indexOf(row);
  for (const each of all.slice(Math.min(i, j), Math.max(i, j) + 1)) { const tick = box(each); if (tick) tick.checked = on; }
}
document.addEventListener('click', (e) => {
  if (!e.target.matches('#rows .c-chk input')) return;
  const row = e.target.closest('tr');
  if (e.shiftKey && anchor?.isConnected) selectTo(row, e.target.checked);
  anchor = row; sync();
});
document.addEventListener('change', (e) => {
  if (e.target.id === 'all') { for (const row of rows()) { const tick = box(row); if (tick) tick.checked = e.target.checked; } sync(); }
  if (e.target.matches('#dlg-reject [name=preset]')) checkNote();
  if (e.target.id === 'keys-on') {
    const on = e.target.checked ? 'on' : 'off';
    document.body.dataset.singleKeys = on;
    post('/preferences', [['single_keys', on], ['return', '/s/requests']]).catch((error) => toast(error.message));
  }
});
document.addEventListener('keydown', (e) => {
  if (e.ctrlKey || e.metaKey || e.altKey || e.isComposing || e.keyCode === 229) return; // an input method is at work
  const dialog = $('dialog[open]'), inField = e.target.closest('input:not([type=checkbox], [type=radio]), textarea, select');
  if (dialog) {
    const radio = /^Digit[1-5]$/.test(e.code) && !inField && $(`input[name=preset][value="${e.code.at(-1)}"]`, dialog);
    if (radio) { radio.checked = true; radio.focus(); checkNote(); e.preventDefault(); }
    return;
  }
  if (e.key === 'Escape' && !inField && picked().length) { clear(); current()?.focus(); return; }
  if (inField || !singleKeys()) return;
  const at = current(), list = () => (picked().length ? picked() : at ? [at] : []);
  if (e.code === 'KeyX' && at && box(at)) {
    if (e.shiftKey && anchor?.isConnected) selectTo(at, true); else { box(at).checked = !box(at).checked; anchor = at; }
    sync(); e.preventDefault();
  } else if (e.shiftKey && e.key !== '?') return;
  else if (e.code === 'KeyA') { if (everything) decideEverything('approve', []); else approve(list()); e.preventDefault(); }
  else if (e.code === 'KeyR') { reject(list()); e.preventDefault(); }
  else if (e.code === 'KeyZ') undos.at(-1)?.run();
  else if (e.key === '?') openDialog('dlg-keys').then(() => current()?.focus());
});
sync();
