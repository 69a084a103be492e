// The control room: charts with the plan's bands, dialogs in place of the forms' own pages, and how old the numbers are.
import { $, $$, fmt } from './app.js';
import { lastHeard } from './live.js';

const TZ = 'Asia/Seoul', OLD = 15000, STALE = 30000, REFRESH = 10000;
const hm = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', timeZone: TZ });
const dm = new Intl.DateTimeFormat('en-GB', { day: '2-digit', month: '2-digit', timeZone: TZ });
const words = $('#chart-words').dataset;
const figures = $$('.plot').map((el) => ({ el, ...JSON.parse(el.dataset.chart) }));
const plots = new Map();
let data = null, range = $('[data-range][aria-current]').dataset.range;

// light-dark() is not resolved by getPropertyValue: read it through a real element's colour.
const probe = document.createElement('i'); probe.hidden = true; document.body.append(probe);
const colour = (v) => { probe.style.color = `var(${v})`; return getComputedStyle(probe).color; };
const wide = () => range === '168h';

function options(c) {
  const ink = { grid: colour('--line'), text: colour('--text-3'), warn: colour('--warn-line'), bad: colour('--bad-line'), warnFill: colour('--warn-fill'), badFill: colour('--bad-fill'), back: colour('--surface'), warnText: colour('--warn-fg'), badText: colour('--bad-fg') };
  const font = '11px Inter, "Apple SD Gothic Neo", "Malgun Gothic", "Noto Sans CJK KR", sans-serif', dpr = devicePixelRatio || 1;
  const sign = c.rev ? '<' : '≥';
  const span = (u) => ({ low: u.scales.y.min, high: u.scales.y.max });
  const inside = (u, v) => v != null && v > span(u).low && v < span(u).high;
  const bands = (u) => {
    const { ctx, bbox: b } = u, y = (v) => Math.round(u.valToPos(Math.min(Math.max(v, span(u).low), span(u).high), 'y', true));
    const fill = (from, to, paint) => { ctx.fillStyle = paint; ctx.fillRect(b.left, Math.min(y(from), y(to)), b.width, Math.abs(y(from) - y(to))); };
    if (c.inv == null) return;
    ctx.save();
    const end = c.rev ? span(u).low : span(u).high;
    fill(c.inv, c.rb ?? end, ink.warnFill);
    if (c.rb != null) fill(c.rb, end, ink.badFill);
    for (const [v, paint] of [[c.inv, ink.warn], [c.rb, ink.bad]]) if (inside(u, v)) { ctx.strokeStyle = paint; ctx.lineWidth = dpr; ctx.beginPath(); ctx.moveTo(b.left, y(v) + .5); ctx.lineTo(b.left + b.width, y(v) + .5); ctx.stroke(); }
    ctx.restore();
  };
  const labels = (u) => {
    const { ctx, bbox: b } = u, y = (v) => Math.round(u.valToPos(v, 'y', true)); ctx.save();
    ctx.font = font.replace('11px', `${10.5 * dpr}px`);
    const put = (text, x, yy, align, base, paint) => { // on a small ground, so that a grid line never strikes the text
      const w = ctx.measureText(text).width, h = 12 * dpr, x0 = align === 'right' ? x - w : x, y0 = base === 'top' ? yy : yy - h;
      ctx.fillStyle = ink.back; ctx.globalAlpha = .86; ctx.fillRect(x0 - 2 * dpr, y0 - dpr, w + 4 * dpr, h + 2 * dpr); ctx.globalAlpha = 1;
      ctx.textAlign = 'left'; ctx.textBaseline = 'middle'; ctx.fillStyle = paint; ctx.fillText(text, x0, y0 + h / 2 + .5 * dpr);
    };
    for (const [t, label] of data.events) {
      const x = Math.round(u.valToPos(t, 'x', true)); ctx.strokeStyle = ink.text; ctx.lineWidth = dpr; ctx.setLineDash([2 * dpr, 3 * dpr]);
      ctx.beginPath(); ctx.moveTo(x + .5, b.top - 4 * dpr); ctx.lineTo(x + .5, b.top + b.height); ctx.stroke(); ctx.setLineDash([]);
      put(`→ ${label}`, x, b.top - 4 * dpr, x > b.left + b.width / 2 ? 'right' : 'left', 'bottom', ink.text);
    }
    const number = (v) => `${+v.toFixed(3)}${c.unit}`;
    if (inside(u, c.inv)) put(`${words.inv} ${sign} ${number(c.inv)}`, b.left + 6 * dpr, y(c.inv) + (c.rev ? 3 : -3) * dpr, 'left', c.rev ? 'top' : 'bottom', ink.warnText);
    if (c.rb != null) { const seen = inside(u, c.rb); put(`${words.rb} ${sign} ${number(c.rb)}${seen ? '' : c.rev ? ' ↓' : ' ↑'}`, b.left + b.width - 6 * dpr, c.rev ? b.top + b.height - 4 * dpr : b.top + 4 * dpr, 'right', c.rev ? 'bottom' : 'top', ink.badText); }
    ctx.restore();
  };
  return {
    width: c.el.clientWidth, height: c.el.clientHeight, padding: [18, 10, 0, 0], legend: { show: false }, tzDate: (ts) => window.uPlot.tzDate(new Date(ts * 1e3), TZ),
    cursor: { sync: { key: 'rollout' }, y: false, points: { size: 7 }, drag: { x: true, y: false } },
    scales: { x: { time: true }, y: { range: (u, least, most) => c.rev ? [Math.min(c.low, least ?? c.low), c.high] : [c.low, Math.max(c.high, (most ?? 0) * 1.15)] } },
    axes: [
      { stroke: ink.text, font, size: 22, gap: 3, grid: { show: false }, ticks: { show: false }, space: 64, values: (u, s) => s.map((v) => (wide() ? dm : hm).format(v * 1e3)) },
      { stroke: ink.text, font, size: 44, gap: 4, grid: { stroke: ink.grid, width: 1 / dpr }, ticks: { show: false }, space: 30, values: (u, s) => s.map((v) => `${+v.toFixed(3)}${c.unit.trim() === '%' ? '%' : ''}`) },
    ],
    series: [{}, ...c.lines.map((s) => ({ label: s.name, stroke: colour(`--s${s.c}`), width: 1.75, dash: s.dash ? s.dash.split(' ').map((n) => n * 1.2) : undefined, spanGaps: false, points: { show: false } }))],
    hooks: { drawClear: [bands], drawAxes: [labels], setCursor: [(u) => legend(c, u.cursor.idx)] },
  };
}

function legend(c, at) {
  for (const s of c.lines) {
    const values = data[s.k];
    const value = at == null ? values.findLast((v) => v != null) : values[at];
    $(`[data-lv="${s.k}"]`, c.el.closest('figure')).textContent = value == null ? '–' : +value.toFixed(value < 0.1 ? 3 : c.digits) + c.unit;
  }
}

const rows = (c) => [data.t, ...c.lines.map((s) => data[s.k])];
function draw() {
  if (!data) return;
  for (const c of figures) { plots.get(c.id)?.destroy(); plots.set(c.id, new window.uPlot(options(c), rows(c), c.el)); legend(c, null); }
}
let asked = 0;
async function fetchSeries(redraw) {
  const mine = ++asked;
  try {
    const answer = await fetch(`/o/rollout/series?range=${range}`, { headers: { Accept: 'application/json' } });
    if (!answer.ok || mine !== asked) return;
    const events = JSON.stringify(data?.events);
    data = await answer.json();
    if (redraw || JSON.stringify(data.events) !== events) draw();
    else for (const c of figures) { plots.get(c.id).setData(rows(c)); legend(c, plots.get(c.id).cursor.idx); }
  } catch { /* the age of the numbers tells */ }
}

// The form as it is now, whatever has changed since the page was loaded; where it cannot be had, its own page says why.
async function ask(opens) {
  const own = document.getElementById(`dlg-${opens.dataset.dlg}`);
  if (own) { own.showModal(); return; }
  try {
    const answer = await fetch(opens.href, { headers: { 'HX-Request': 'true' } });
    if (!answer.ok) throw new Error(String(answer.status));
    const dialog = $('#dlg-move'), sent = new DOMParser().parseFromString(await answer.text(), 'text/html');
    dialog.replaceChildren(...sent.body.childNodes); dialog.setAttribute('aria-labelledby', $('h2', dialog).id);
    dialog.showModal();
  } catch { location.assign(opens.href); }
}

document.addEventListener('click', (e) => {
  const opens = e.target.closest('[data-dlg]');
  if (opens && !e.ctrlKey && !e.metaKey && !e.shiftKey) { e.preventDefault(); ask(opens); return; }
  if (e.target.closest('dialog [data-close]')) e.preventDefault();
  const chosen = e.target.closest('[data-range]');
  if (chosen && !e.ctrlKey && !e.metaKey && !e.shiftKey) {
    e.preventDefault(); range = chosen.dataset.range;
    for (const a of $$('[data-range]')) { if (a === chosen) a.setAttribute('aria-current', 'true'); else a.removeAttribute('aria-current'); }
    history.replaceState(null, '', `?range=${range}`); fetchSeries(true);
  }
});

const age = $('#ago'), live = $('#live'), stale = $('#stale');
function tell() {
  const passed = Date.now() - lastHeard();
  age.textContent = fmt(live.dataset.words, { n: Math.round(passed / 1000) });
  live.classList.toggle('is-old', passed > OLD);
  stale.hidden = passed <= STALE;
  document.body.classList.toggle('is-stale', passed > STALE);
}
tell(); setInterval(tell, 1000);

await document.fonts.ready; // a canvas is not repainted when a font arrives late
await fetchSeries(true);
addEventListener('sg:theme', draw);
let fetched = Date.now();
addEventListener('sg:topic', (e) => { if (e.detail.name === 'rollout' && Date.now() - fetched > REFRESH / 2) { fetched = Date.now(); fetchSeries(false); } });
setInterval(() => { if (!document.hidden && Date.now() - fetched > REFRESH) { fetched = Date.now(); fetchSeries(false); } }, REFRESH / 2);
document.addEventListener('visibilitychange', () => { if (!document.hidden) fetchSeries(false); });
const resized = new ResizeObserver((all) => { for (const one of all) { const c = figures.find((f) => f.el === one.target), u = plots.get(c?.id), w = Math.round(one.contentRect.width), h = one.target.clientHeight; if (u && w && (w !== u.width || h !== u.height)) u.setSize({ width: w, height: h }); } });
for (const c of figures) resized.observe(c.el);
document.documentElement.dataset.ready = 'rollout';
