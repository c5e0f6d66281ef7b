// A `rowan serve --dev` of its own for each test file, and Chromium to visit it.
import { execFile, spawn } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import net from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { chromium } from 'playwright-core';

const here = import.meta.dirname;

function program() {
  const given = process.env.ROWAN_PROGRAM ?? '';
  const build = path.resolve(here, '../../build/dev');
  for (const file of [given, path.join(path.dirname(given), 'bin/rowan'), path.join(build, 'rowan'), path.join(build, 'bin/rowan')]) {
    if (file && existsSync(file) && statSync(file).isFile()) return file;
  }
  throw new Error('no program to test: build it with `scripts/build dev`, or name it in ROWAN_PROGRAM');
}

async function freePort() {
  const server = net.createServer();
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  const { port } = server.address();
  await new Promise((closed) => server.close(closed));
  return port;
}

// Runs `file` in `folder` until `end()`, which deletes the folder and answers the exit code; returns when `up` is answered.
async function launch(file, words, { folder, up, env = {} }) {
  const child = spawn(file, words, { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } });
  let log = '';
  const keep = (bytes) => { log = (log + bytes).slice(-20_000); };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const ended = new Promise((done) => child.on('exit', done));
  const deadline = Date.now() + 20_000;
  for (;;) {
    if (child.exitCode !== null || Date.now() > deadline) throw new Error(`${file} did not start:\n${log}`);
    const answer = await fetch(up).catch(() => null);
    if (answer?.ok) break;
    await new Promise((again) => setTimeout(again, 50));
  }
  return {
    log: () => log,
    async end() {
      child.kill('SIGTERM');
      const late = setTimeout(() => child.kill('SIGKILL'), 10_000);
      const code = await ended;
      clearTimeout(late);
      await rm(folder, { recursive: true, force: true });
      return code;
    },
  };
}

/** An example of this repository on a database of its own: `example_NAME DATABASE PORT`. `up`: a path that it answers. Null when it was not built. */
export async function startExample(name, { up }) {
  const file = [path.join(path.dirname(process.env.ROWAN_PROGRAM ?? ''), 'examples', `example_${name}`), path.resolve(here, '../../build/dev/examples', `example_${name}`)]
    .find((candidate) => existsSync(candidate));
  if (!file) return null;
  const folder = await mkdtemp(path.join(tmpdir(), 'rowan-browser-'));
  const port = await freePort();
  const origin = `http://localhost:${port}`;
  const { log, end } = await launch(file, [`sqlite:${folder}/${name}.db`, `${port}`],
    { folder, up: `${origin}${up}`, env: { ROWAN_SECRET: 'a secret of a browser test: 0123456789' } });
  return { origin, log, stop: end };
}

/** Starts the program in a folder of its own; `stop()` ends it and deletes the folder. Without `config` every room is on. */
export async function startRowan({ config } = {}) {
  const folder = await mkdtemp(path.join(tmpdir(), 'rowan-browser-'));
  const port = await freePort();
  const origin = `http://localhost:${port}`;
  const more = config === undefined ? [] : ['--config', path.join(folder, 'rowan.toml')];
  if (config !== undefined) await writeFile(path.join(folder, 'rowan.toml'), config);
  const { log, end } = await launch(program(), ['serve', '--dev', ...more, '--port', `${port}`, '--database', `sqlite:${folder}/rowan.db`, '--base-url', origin],
    { folder, up: `${origin}/healthz` });
  return {
    origin,
    log,
    /** The program's other commands, on the same application: `run('mail', 'list')` answers what it prints. */
    async run(...words) {
      const { stdout } = await promisify(execFile)(program(), [...words, '--dev', ...more, '--database', `sqlite:${folder}/rowan.db`, '--base-url', origin], { cwd: folder });
      return stdout;
    },
    /** The newest mail to this address whose text has these words; waits for it. */
    async mailTo(address, words = '') {
      for (let i = 0; i < 100; ++i) {
        const mails = await (await fetch(`${origin}/dev/mailbox.json?to=${encodeURIComponent(address)}`)).json();
        const found = mails.find((mail) => mail.text.includes(words));
        if (found) return found;
        await new Promise((again) => setTimeout(again, 100));
      }
      throw new Error(`no mail to ${address}\n${log()}`);
    },
    /** Ends it; answers its exit code. */
    stop: end,
  };
}

export async function startChromium() {
  return chromium.launch({
    executablePath: process.env.ROWAN_CHROMIUM ?? '/usr/bin/chromium',
    headless: true,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update',
      '--disable-sync', '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1'],
  });
}

/** A visitor with a page; `complaints` collects what the console, the content policy and failed requests say. */
export async function visit(browser, origin, options = {}) {
  const context = await browser.newContext({ baseURL: origin, locale: 'en-GB', ...options });
  context.setDefaultTimeout(15_000);
  const page = await context.newPage();
  const complaints = [];
  page.on('console', (message) => {
    // A refused form is answered with 401 or 422, and Chromium says so.
    if (message.type() === 'error' && !/status of 4(01|22)/.test(message.text())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(`${error}`));
  page.on('request', (request) => { if (!request.url().startsWith(origin)) complaints.push(`asks elsewhere: ${request.url()}`); });
  page.on('requestfailed', (request) => {
    // Leaving a page before its icon came aborts the icon; that is the browser's business.
    if (request.failure()?.errorText === 'net::ERR_ABORTED') return;
    complaints.push(`failed: ${request.url()} ${request.failure()?.errorText}`);
  });
  return { context, page, complaints };
}

export const password = 'correct horse battery staple';
export const otherPassword = 'seven quiet lanterns over water';
