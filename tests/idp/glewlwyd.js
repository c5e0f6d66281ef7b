// A second OpenID provider of another family: Debian's glewlwyd (C, https://babelouest.github.io/glewlwyd/), in a folder of its own.
import { execFile, spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

const program = '/usr/bin/glewlwyd';
const tables = '/usr/share/dbconfig-common/data/glewlwyd/install/sqlite3';

export const isInstalled = existsSync(program) && existsSync(tables);

async function freePort() {
  const server = net.createServer();
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  const { port } = server.address();
  await new Promise((closed) => server.close(closed));
  return port;
}

function makeTables(database, sql) {
  return new Promise((done, failed) => {
    const child = execFile('sqlite3', [database], (error) => (error ? failed(error) : done()));
    child.stdin.end(sql);
  });
}

// Instead of its own page, which is made of JavaScript that is packaged elsewhere: signs in and agrees by its API, as that page does.
const signInPage = `<!doctype html><title>Glewlwyd</title><h1>Glewlwyd</h1>
<form><input name="username"> <input name="password" type="password"> <button>Sign in here</button></form>
<script>
const asked = new URLSearchParams(location.search);
const send = (where, method, body) => fetch('/api/' + where, { method, headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) });
document.forms[0].onsubmit = async (event) => {
  event.preventDefault();
  await send('auth/', 'POST', Object.fromEntries(new FormData(event.target)));
  await send('auth/grant/' + asked.get('client_id'), 'PUT', { scope: asked.get('scope') });
  location = asked.get('callback_url') + '&g_continue';
};
</script>`;

/** Starts it on a free port of this machine, with its OIDC plugin set up as an administrator does it. */
export async function startGlewlwyd() {
  const folder = await mkdtemp(path.join(tmpdir(), 'rowan-glewlwyd-'));
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  await makeTables(path.join(folder, 'glewlwyd.db'), await readFile(tables, 'utf8'));
  await mkdir(path.join(folder, 'pages'));
  await writeFile(path.join(folder, 'pages/login.html'), signInPage);
  await writeFile(path.join(folder, 'glewlwyd.conf'), `port=${port}
bind_address="127.0.0.1"
external_url="${origin}"
login_url="login.html"
api_prefix="api"
log_mode="console"
log_level="WARNING"
cookie_secure=0
session_key="GLEWLWYD2_SESSION_ID"
session_expiration=3600
admin_scope="g_admin"
profile_scope="g_profile"
user_module_path="/usr/lib/glewlwyd/user"
client_module_path="/usr/lib/glewlwyd/client"
user_auth_scheme_module_path="/usr/lib/glewlwyd/scheme"
plugin_module_path="/usr/lib/glewlwyd/plugin"
hash_algorithm="SHA512"
static_files_path="${folder}/pages"
static_files_mime_types=( { extension=".html"; mime_type="text/html" } )
database={ type="sqlite3"; path="${folder}/glewlwyd.db"; };
`);
  const child = spawn(program, [`--config-file=${folder}/glewlwyd.conf`], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'] });
  let log = '';
  child.stdout.on('data', (bytes) => { log += bytes; });
  child.stderr.on('data', (bytes) => { log += bytes; });
  const ended = new Promise((done) => child.on('exit', done));

  let cookie = '';
  async function send(where, body, method = 'POST') {
    const answer = await fetch(`${origin}/api/${where}`, { method, headers: { 'Content-Type': 'application/json', Cookie: cookie }, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`glewlwyd: ${where} answered ${answer.status}: ${await answer.text()}\n${log}`);
    return answer;
  }
  for (const deadline = Date.now() + 20_000; ;) {
    if (child.exitCode !== null || Date.now() > deadline) throw new Error(`glewlwyd did not start:\n${log}`);
    if (await fetch(`${origin}/config`).catch(() => null)) break;
    await new Promise((again) => setTimeout(again, 50));
  }
  // The administrator of every new database.
  cookie = (await send('auth/', { username: 'admin', password: 'password' })).headers.get('set-cookie').split(';')[0];
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  await send('mod/plugin/', {
    module: 'oidc',
    name: 'oidc',
    display_name: 'OpenID Connect',
    parameters: {
      iss: `${origin}/api/oidc`,
      'jwt-type': 'rsa',
      'jwt-key-size': '256',
      key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
      cert: publicKey.export({ type: 'spki', format: 'pem' }),
      'access-token-duration': 600,
      'refresh-token-duration': 3600,
      'code-duration': 60,
      'refresh-token-rolling': true,
      'allow-non-oidc': false,
      'auth-type-code-enabled': true,
      'auth-type-token-enabled': false,
      'auth-type-id-token-enabled': true,
      'auth-type-password-enabled': false,
      'auth-type-client-enabled': false,
      'auth-type-refresh-enabled': true,
      'email-claim': 'mandatory',
      'name-claim': 'mandatory',
      'scope-claim': 'no',
      'pkce-allowed': true,
      'pkce-method-plain-allowed': false,
      'pkce-required': true,
      'subject-type': 'public',
      'jwks-show': true,
      'oauth-as-iss-id': true,
    },
  });
  return {
    issuer: `${origin}/api/oidc`,
    log: () => log,
    register: ({ id, secret, redirectUri }) => send('client/', {
      client_id: id,
      name: 'Notes',
      client_secret: secret,
      confidential: true,
      enabled: true,
      redirect_uri: [redirectUri],
      authorization_type: ['code', 'refresh_token'],
      token_endpoint_auth_method: ['client_secret_basic'],
    }),
    addPerson: (name, password, email) => send('user/', { username: name, name, password, email, enabled: true, scope: ['openid'] }),
    async stop() {
      child.kill('SIGTERM');
      const late = setTimeout(() => child.kill('SIGKILL'), 10_000);
      await ended;
      clearTimeout(late);
      await rm(folder, { recursive: true, force: true });
    },
  };
}
