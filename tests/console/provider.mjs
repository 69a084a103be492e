// A certified OpenID Connect provider for the tests. Tells its issuer on the first line of standard output; takes one command a
// line on standard input: "rotate" signs with a new key from then on and publishes both. Ends with its standard input.
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import { createInterface } from 'node:readline';

const require = createRequire(`${process.argv[2]}/`);
const load = async (name) => import(pathToFileURL(require.resolve(name)).href);
const { Provider } = await load('oidc-provider');
const jose = await load('jose');
const people = JSON.parse(process.argv[3]), client = JSON.parse(process.argv[4]);

const fresh = async (kid) => ({ ...await jose.exportJWK((await jose.generateKeyPair('RS256', { extractable: true })).privateKey), kid, alg: 'RS256', use: 'sig' });
const keys = [await fresh('key-1')];
let provider, handle;
const server = createServer((request, response) => handle(request, response));
await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
const issuer = `http://127.0.0.1:${server.address().port}`;

// State lives in the adapter's memory, which a provider made anew would not share: one store for all of them.
const kept = new Map(), grants = new Map(), uids = new Map();
class Store {
  constructor(name) { this.name = name; }
  key(id) { return `${this.name}:${id}`; }
  async upsert(id, payload) { kept.set(this.key(id), payload); if (payload.uid) uids.set(payload.uid, this.key(id)); if (payload.grantId) grants.set(this.key(id), payload.grantId); }
  async find(id) { return kept.get(this.key(id)); }
  async findByUid(uid) { return kept.get(uids.get(uid)); }
  async consume(id) { kept.get(this.key(id)).consumed = Math.floor(Date.now() / 1000); }
  async destroy(id) { kept.delete(this.key(id)); }
  async revokeByGrantId(grant) { for (const [key, id] of grants) if (id === grant) kept.delete(key); }
}

function start() {
  provider = new Provider(issuer, {
    adapter: Store,
    jwks: { keys: [...keys].reverse() },
    cookies: { keys: ['only for tests'] },
    clients: [client],
    pkce: { required: () => true },
    features: { devInteractions: { enabled: false }, rpInitiatedLogout: { enabled: true } },
    claims: { openid: ['sub'], profile: ['name', 'roles', 'seller_id', 'supplier_id', 'realm_access'] },
    interactions: { url: (_ctx, interaction) => `/interaction/${interaction.uid}` },
    findAccount: (_ctx, id) => ({ accountId: id, claims: async () => ({ sub: id, ...people[id] }) }),
  });
  const koa = provider.callback();
  handle = async (request, response) => {
    const uid = request.url.match(/^\/interaction\/([\w-]+)(?:\?who=([\w-]+))?$/);
    if (!uid) return koa(request, response);
    if (!uid[2]) { response.setHeader('content-type', 'text/html'); return response.end(`<!doctype html><title>Provider</title><h1>Who are you?</h1>${Object.keys(people).map((who) => `<a href="?who=${who}">${who}</a> `).join('')}<a href="?who=nobody-cancels">cancel</a>`); }
    if (uid[2] === 'nobody-cancels') return provider.interactionFinished(request, response, { error: 'access_denied', error_description: 'The person said no.' });
    const grant = new provider.Grant({ accountId: uid[2], clientId: client.client_id });
    grant.addOIDCScope('openid profile');
    return provider.interactionFinished(request, response, { login: { accountId: uid[2] }, consent: { grantId: await grant.save() } });
  };
}
start();
createInterface({ input: process.stdin }).on('line', async (line) => { if (line === 'rotate') { keys.push(await fresh(`key-${keys.length + 1}`)); start(); console.log('rotated'); } }).on('close', () => process.exit());
console.log(issuer);
