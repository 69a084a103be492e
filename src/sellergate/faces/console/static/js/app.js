// What every page shares: theme, menu, dialogs, toasts with undo, and focus and errors around htmx.
const root = document.documentElement;
export const $ = (s, r = document) => r.querySelector(s);
export const $$ = (s, r = document) => [...r.querySelectorAll(s)];
export const words = () => $('#words').dataset;
export const fmt = (s, v) => s.replace(/\{(\w+)\}/g, (_, k) => v[k] ?? '');
export const singleKeys = () => document.body.dataset.singleKeys === 'on';
export const announce = (m) => { const a = $('#announce'); a.textContent = ''; requestAnimationFrame(() => { a.textContent = m; }); };

// Each sent element takes the place of the one with its id; what is not on this page is left alone. What had the focus keeps it, or
// hands it on to what took its place: it never falls back to <body>.
export const sent = (html) => new DOMParser().parseFromString(`<body><template>${html}</template></body>`, 'text/html').querySelector('template').content;
const focusIn = (el) => { ($('a[href], button:not([disabled])', el) ?? el).focus(); };
export function put(html) {
  for (const el of [...sent(html).children]) {
    const there = el.id && document.getElementById(el.id);
    if (!there) continue;
    const held = there.contains(document.activeElement);
    window.Idiomorph.morph(there, el);
    if (held && document.activeElement === document.body) focusIn(document.getElementById(el.id));
  }
}

// The server renders the theme; "system" is no attribute at all. Charts redraw on this event.
const repaint = () => dispatchEvent(new CustomEvent('sg:theme'));
matchMedia('(prefers-color-scheme: dark)').addEventListener('change', repaint);

export function icon(name) {
  const ns = 'http://www.w3.org/2000/svg', s = document.createElementNS(ns, 'svg'), u = document.createElementNS(ns, 'use');
  u.setAttribute('href', `${$('link[rel=stylesheet]').href.replace(/css\/app\.css.*/, '')}icons.svg#${name}`);
  s.setAttribute('class', 'i'); s.setAttribute('aria-hidden', 'true'); s.append(u);
  return s;
}

export function toast(text, { undo, ms = 10000 } = {}) {
  const t = document.createElement('div'), s = document.createElement('span');
  t.className = 'toast'; s.textContent = text; t.append(s);
  let timer;
  const close = () => { clearTimeout(timer); t.remove(); };
  if (undo) {
    const b = document.createElement('button'), k = document.createElement('kbd');
    b.className = 'btn on-dark'; b.type = 'button'; k.textContent = 'Z';
    b.append(icon('undo-2'), words().undo, k); b.onclick = () => { close(); undo(); };
    t.append(b);
  }
  const x = document.createElement('button');
  x.className = 'btn on-dark ghost icon'; x.type = 'button'; x.setAttribute('aria-label', words().dismiss); x.append(icon('x')); x.onclick = close;
  t.append(x);
  const arm = () => { timer = setTimeout(close, ms); };
  t.onpointerenter = t.onfocusin = () => clearTimeout(timer); t.onpointerleave = t.onfocusout = arm; arm();
  const box = $('#toasts');
  box.append(t); while (box.children.length > 3) box.firstChild.remove();
  return { close };
}

// Resolves to the form's data when its main button was pressed, to null when the dialog was closed.
export const openDialog = (id) => new Promise((done) => {
  const d = document.getElementById(id);
  d.returnValue = ''; d.showModal();
  d.addEventListener('close', () => done(d.returnValue === 'ok' ? new FormData($('form', d)) : null), { once: true });
});

document.addEventListener('click', (e) => {
  const menu = e.target.closest('[data-act=menu]');
  if (menu) { const open = $('#side').classList.toggle('is-open'); menu.setAttribute('aria-expanded', String(open)); if (open) $('#side a').focus(); return; }
  if (!e.target.closest('#side')) { $('#side')?.classList.remove('is-open'); $('[data-act=menu]')?.setAttribute('aria-expanded', 'false'); }
  for (const d of $$('details.acct-menu[open]')) if (!d.contains(e.target)) d.open = false;
  // Buttons that cancel are type=button: Enter must mean the main action.
  if (e.target.matches('dialog') || e.target.closest('[data-close]')) e.target.closest('dialog')?.close('');
});
document.addEventListener('keydown', (e) => { if (e.key === 'Escape') for (const d of $$('details.acct-menu[open]')) { d.open = false; $('summary', d).focus(); } });

// The theme changes at once; the form behind it also works without a script.
document.addEventListener('submit', async (e) => {
  const form = e.target, theme = e.submitter?.name === 'theme' ? e.submitter.value : null;
  if (!form.matches('[data-preferences]') || !theme) return;
  e.preventDefault();
  if (theme === 'system') delete root.dataset.theme; else root.dataset.theme = theme;
  for (const b of $$('[name=theme]', form)) b.setAttribute('aria-pressed', String(b.value === theme));
  repaint();
  const body = new URLSearchParams(new FormData(form)); body.set('theme', theme);
  try { await fetch(form.action, { method: 'POST', body, headers: { 'HX-Request': 'true' } }); } catch { toast(words().offline); }
});

// Of more tabs than there is room for, the current one is in sight. Scrolling into view would move the page as well.
const tab = $('.views [aria-current]');
if (tab) tab.parentElement.scrollLeft = tab.offsetLeft - tab.parentElement.offsetLeft - 12;

// Live regions keep what somebody is typing when a morph arrives.
if (window.Idiomorph) window.Idiomorph.defaults.ignoreActiveValue = true;
document.addEventListener('htmx:configRequest', (e) => { for (const [k, v] of [...e.detail.formData.entries()]) if (v === '') e.detail.formData.delete(k); });
document.addEventListener('htmx:beforeRequest', (e) => e.detail.target?.setAttribute('aria-busy', 'true'));
document.addEventListener('htmx:afterRequest', (e) => e.detail.target?.removeAttribute('aria-busy'));
document.addEventListener('htmx:sendError', () => toast(words().offline));
document.addEventListener('htmx:responseError', (e) => {
  const told = new DOMParser().parseFromString(e.detail.xhr.responseText, 'text/html').querySelector('[data-failure]');
  toast(told?.dataset.failure ?? words().failed);
});
