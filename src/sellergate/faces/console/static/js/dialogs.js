// A link to a form opens it in a dialog on the page it is on; without a script it is a page of its own.
import { $, toast, words } from './app.js';

document.addEventListener('click', async (e) => {
  const link = e.target.closest('a[data-dialog]'), close = e.target.closest('dialog a[data-close]');
  if (close) e.preventDefault(); // the dialog closes instead
  if (!link || e.ctrlKey || e.metaKey || e.shiftKey) return;
  e.preventDefault();
  const dialog = document.getElementById(link.dataset.dialog);
  try {
    const answer = await fetch(link.href, { headers: { 'HX-Request': 'true' } });
    if (!answer.ok) throw new Error(words().failed);
    dialog.innerHTML = await answer.text();
  } catch (error) { toast(error instanceof TypeError ? words().offline : error.message); return; }
  dialog.showModal();
  $('textarea, input:not([type=hidden])', dialog)?.focus();
  for (const part of dialog.querySelectorAll('[data-load]')) load(part);
  dialog.addEventListener('close', () => { dialog.replaceChildren(); link.focus(); }, { once: true });
});

// What takes longer than a dialog may is asked for once it is open.
async function load(part) {
  try {
    const answer = await fetch(part.dataset.load, { headers: { 'HX-Request': 'true' } });
    if (!answer.ok) throw new Error();
    part.innerHTML = await answer.text();
  } catch { part.firstElementChild.textContent = part.dataset.failed; }
}
