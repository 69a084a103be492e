// Keeps a page current: one stream a tab, closed while nobody looks, and polling where no stream gets through.
import { $, put } from './app.js';

const POLL = 15000, RETRY = 60000, SILENT = 40000, FAILURES = 3;
const body = document.body, topics = body.dataset.topics.split(',');
const query = `?topics=${topics.join(',')}`;
let source = null, failures = 0, polling = 0, retrying = 0, heard = Date.now();

const say = (state) => { if (body.dataset.liveState !== state) { body.dataset.liveState = state; dispatchEvent(new CustomEvent('sg:live', { detail: { state, heard } })); } };
/** When the server last said anything, in milliseconds: what a page shows as the age of its numbers. */
export const lastHeard = () => heard;

function told(name, html) {
  heard = Date.now();
  put(html);
  dispatchEvent(new CustomEvent('sg:topic', { detail: { name } }));
}

function open() {
  if (source || document.hidden) return;
  source = new EventSource(body.dataset.live + query);
  source.onopen = () => { failures = 0; heard = Date.now(); stopPolling(); say('on'); };
  source.onerror = () => {
    if (source.readyState === EventSource.CLOSED || ++failures >= FAILURES) { close(); poll(); } else say('waiting');
  };
  source.addEventListener('alive', () => { heard = Date.now(); });
  for (const name of topics) source.addEventListener(name, (e) => told(name, e.data));
}
function close() { source?.close(); source = null; }

function stopPolling() { clearInterval(polling); clearTimeout(retrying); polling = retrying = 0; }
function poll() {
  if (polling || document.hidden) return;
  say('polling'); look();
  polling = setInterval(look, POLL);
  retrying = setTimeout(() => { stopPolling(); failures = 0; open(); }, RETRY);
}
async function look() {
  try {
    const answer = await fetch(`${body.dataset.live}/now${query}`, { headers: { Accept: 'application/json' } });
    if (answer.status === 401) { stopPolling(); close(); say('over'); return; }
    if (!answer.ok) throw new Error(String(answer.status));
    for (const [name, html] of Object.entries(await answer.json())) told(name, html);
    say('polling');
  } catch { say('off'); }
}

document.addEventListener('visibilitychange', () => { if (document.hidden) { close(); stopPolling(); say('asleep'); } else open(); });
addEventListener('pagehide', close);
// A connection that died without a word.
setInterval(() => { if (source && Date.now() - heard > SILENT) { close(); failures = 0; open(); } }, 5000);
if ($('#main')) open();
