// Sign-in with a provider of another family than the one of idp.test.js: discovery, code flow with PKCE, its ID tokens.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startChromium, startRowan, visit } from '../browser/rowan.js';
import { isInstalled, startGlewlwyd } from './glewlwyd.js';

const skip = isInstalled ? false : 'glewlwyd is not installed';
// It does not decode what RFC 6749 section 2.3.1 has encoded, so there is nothing to encode.
const client = { id: 'notes', secret: 'a-secret-of-thirty-two-bytes-and-some-more' };
const gwen = { name: 'gwen', password: 'a password of gwen', email: 'gwen@people.example' };
let provider, rowan, browser;

before(async () => {
  if (skip) return;
  provider = await startGlewlwyd();
  const options = { name: 'glewlwyd', label: 'Glewlwyd', issuer: provider.issuer, client_id: client.id, client_secret: client.secret, scopes: ['openid'] };
  const lines = Object.entries(options).map(([option, value]) => `${option} = ${JSON.stringify(value)}\n`);
  [rowan, browser] = await Promise.all([startRowan({ config: `[password]\n[[oidc]]\n${lines.join('')}` }), startChromium()]);
  await provider.register({ ...client, redirectUri: `${rowan.origin}/auth/user/glewlwyd/callback` });
  await provider.addPerson(gwen.name, gwen.password, gwen.email);
});

after(async () => {
  await browser?.close();
  if (rowan) assert.equal(await rowan.stop(), 0, 'a signal stops the program cleanly');
  await provider?.stop();
});

/** Presses the button; where the provider was asked, and who is signed in then. */
async function signIn(page) {
  await page.goto('/sign-in');
  const [asked] = await Promise.all([
    page.waitForRequest((one) => one.url().startsWith(`${provider.issuer}/auth?`)),
    page.locator('a[href^="/auth/user/glewlwyd?"]').click(),
  ]);
  await page.fill('[name=username]', gwen.name);
  await page.fill('[name=password]', gwen.password);
  await page.getByRole('button', { name: 'Sign in here' }).click();
  await page.waitForURL(`${rowan.origin}/`).catch((error) => assert.fail(`${error}\n${page.url()}\n${rowan.log()}\n${provider.log()}`));
  return { asked: new URL(asked.url()).searchParams, user: (await (await page.request.get('/me')).json()).user };
}

test('who is signed in there is signed in here, and is the same person the next time', { skip }, async () => {
  const accounts = [];
  for (let i = 0; i < 2; ++i) {
    const { context, page } = await visit(browser, rowan.origin);
    const { asked, user } = await signIn(page);
    assert.equal(asked.get('code_challenge_method'), 'S256');
    assert.ok(asked.get('nonce') && asked.get('state'));
    assert.equal(user.email, gwen.email);
    accounts.push(user.id);
    await context.close();
  }
  assert.equal(accounts[0], accounts[1]);
});

test('the sign-in page marks it where it was used last', { skip }, async () => {
  const { context, page } = await visit(browser, rowan.origin);
  await signIn(page);
  await page.goto('/sign-out');
  await page.locator('form[action$="/sign-out"] button[type=submit]').click();
  await page.getByText("You're signed out.").waitFor();
  await page.goto('/sign-in');
  await page.locator('a[href^="/auth/user/glewlwyd?"] + .last-used').waitFor();
  await context.close();
});

test('`rowan doctor oidc` reads its document', { skip }, async () => {
  // It exits with 1: the scope `email` is not asked for, since here the address is in every ID token.
  const said = await rowan.run('doctor', 'oidc', 'glewlwyd', '--json').catch(({ stdout }) => stdout);
  const wrong = JSON.parse(said).findings.filter(({ ok }) => !ok).map(({ about }) => about);
  assert.deepEqual(wrong, ['scopes'], said);
});
