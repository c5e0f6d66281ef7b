// Mail to a mail server that others wrote: STARTTLS, sign-in, and what becomes of what it refuses.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { SMTPServer } from 'smtp-server';
import { startRowan } from './rowan.js';

let rowan, server, folder;
const received = [];       // {to, secure, user, text}
const refusals = new Map();  // address → how often it is still refused, and with what

before(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'rowan-smtp-'));
  const file = (name) => path.join(folder, name);
  execFileSync('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', '/CN=localhost',
    '-addext', 'subjectAltName=DNS:localhost', '-keyout', file('key.pem'), '-out', file('cert.pem')], { stdio: 'ignore' });
  server = new SMTPServer({
    key: readFileSync(file('key.pem')),
    cert: readFileSync(file('cert.pem')),
    authMethods: ['PLAIN'],
    onAuth: (auth, session, done) => (session.secure && auth.username === 'rowan' && auth.password === 'let me in' ? done(null, { user: auth.username }) : done(new Error('no'))),
    onRcptTo: ({ address }, session, done) => {
      const refusal = refusals.get(address);
      if (!refusal || refusal.times-- <= 0) return done();
      done(Object.assign(new Error(refusal.text), { responseCode: refusal.code }));
    },
    onData: (stream, session, done) => {
      let text = '';
      stream.on('data', (bytes) => { text += bytes; });
      stream.on('end', () => {
        received.push({ to: session.envelope.rcptTo[0].address, from: session.envelope.mailFrom.address, secure: session.secure, user: session.user, text });
        done();
      });
    },
  });
  await new Promise((ready) => server.listen(0, '127.0.0.1', ready));
  const url = `smtp://rowan:let%20me%20in@localhost:${server.server.address().port}?from=rowan@id.example&ca=${encodeURIComponent(file('cert.pem'))}`;
  rowan = await startRowan({ config: `mail = "${url}"\n[otp]\nregistration = true\n` });
});
after(async () => {
  await rowan?.stop();
  await new Promise((closed) => server.close(closed));
  rmSync(folder, { recursive: true, force: true });
});

async function ask(email) {
  const answer = await fetch(`${rowan.origin}/api/auth/user/otp/request`, {
    method: 'POST', headers: { 'Content-Type': 'application/json' }, body: JSON.stringify({ user: { email } }),
  });
  assert.equal(answer.status, 200);
}

async function until(what, found) {
  for (let i = 0; i < 150; ++i) {
    const result = await found();
    if (result) return result;
    await new Promise((again) => setTimeout(again, 100));
  }
  assert.fail(`waited in vain for ${what}\n${rowan.log()}`);
}
const mailTo = (email) => until(`mail to ${email}`, () => received.find((mail) => mail.to === email));
const listed = async (email) => JSON.parse(await rowan.run('mail', 'list', '--json')).find((mail) => mail.to === email);

test('goes over STARTTLS, signed in, with the headers of an automatic mail', async () => {
  await ask('ann@notes.example');
  const mail = await mailTo('ann@notes.example');
  assert.equal(mail.secure, true);
  assert.equal(mail.user, 'rowan');
  assert.equal(mail.from, 'rowan@id.example');
  const head = mail.text.slice(0, mail.text.indexOf('\r\n\r\n'));
  assert.match(head, /^From: .*rowan@id\.example/m);
  assert.match(head, /^To: .*ann@notes\.example/m);
  assert.match(head, /^Message-ID: <[^>]+@id\.example>/mi);
  assert.match(head, /^Auto-Submitted: auto-generated/m);
  assert.match(head, /^Content-Type: multipart\/alternative/m);
  assert.doesNotMatch(head, /^List-Unsubscribe/mi);
  await until('the mark', async () => (await listed('ann@notes.example')).state === 'sent');
});

test('keeps a mail that is refused for now, and sends it when told to', async () => {
  refusals.set('bob@notes.example', { times: 1, code: 451, text: 'come back later' });
  await ask('bob@notes.example');
  const waiting = await until('the first attempt', async () => {
    const mail = await listed('bob@notes.example');
    return mail?.attempts === 1 && mail.detail !== '' ? mail : null;
  });
  assert.equal(waiting.state, 'waiting');
  assert.ok(new Date(waiting.next_attempt_at) > new Date(waiting.created_at));
  assert.equal(received.some((mail) => mail.to === 'bob@notes.example'), false);
  await rowan.run('mail', 'retry', waiting.id);
  await mailTo('bob@notes.example');
  assert.equal(received.filter((mail) => mail.to === 'bob@notes.example').length, 1);
});

test('records a mail that is refused for good, and the next one passes it', async () => {
  refusals.set('cleo@notes.example', { times: 9, code: 550, text: 'no such mailbox' });
  await ask('cleo@notes.example');
  await ask('dora@notes.example');
  await mailTo('dora@notes.example');
  const refused = await until('the record', async () => {
    const mail = await listed('cleo@notes.example');
    return mail?.state === 'refused' ? mail : null;
  });
  assert.match(refused.detail, /550/);
  assert.equal(refused.attempts, 1);
});
