// Forms answered without leaving the page: what was wrong with one takes its place, what was done shows where it was done.
import { $, put, sent, toast, words } from './app.js';

const closed = (dialog) => new Promise((done) => { dialog.addEventListener('close', done, { once: true }); dialog.close(); });
let busy = false;

document.addEventListener('submit', async (e) => {
  const form = e.target, button = e.submitter;
  if (!form.matches('[data-in-place]') || form.closest('.dlg-like')) return;
  e.preventDefault();
  if (busy) return;
  busy = true;
  try {
    const body = new URLSearchParams(new FormData(form, button));
    const answer = await fetch(button?.getAttribute('formaction') ?? form.action, { method: 'POST', body, headers: { 'HX-Request': 'true' } });
    const html = await answer.text(), to = answer.headers.get('HX-Redirect');
    if (to) location.assign(to);
    else if (answer.status === 422) again(form.closest('dialog'), html);
    else if (answer.ok) await done(form.closest('dialog'), html);
    else toast($('[data-failure]', sent(html))?.dataset.failure ?? words().failed);
  } catch { toast(words().offline); } finally { busy = false; }
});

function again(dialog, html) {
  dialog.innerHTML = html;
  $('[role=alert]', dialog)?.focus();
}
async function done(dialog, html) {
  if (dialog) await closed(dialog); // it gives the focus back to what opened it, and that may be about to go
  put(html); // and here it is handed on
  toast($('[data-told]', sent(html)).dataset.told);
}

document.addEventListener('input', (e) => {
  const count = $(`[data-count-of="${e.target.id}"]`);
  if (e.target.id && count) count.textContent = `${e.target.value.length} / ${e.target.maxLength}`;
});
// The message is read out and can be left with Tab, also where the form is a page of its own.
$('.dlg-like [role=alert]')?.focus();
