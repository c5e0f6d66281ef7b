// Passkeys in Chromium, with its virtual authenticator: register, sign in, autofill, cancel, second factor, rename, remove.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { password, startChromium, startRowan, visit } from './rowan.js';

let rowan, browser;
before(async () => { [rowan, browser] = await Promise.all([startRowan(), startChromium()]); });
after(async () => {
  await browser?.close();
  assert.equal(await rowan?.stop(), 0, 'a signal stops the program cleanly');
});

const me = async (page) => (await page.request.get('/me')).status();
const form = (page, action) => page.locator(`form[action$="${action}"]`);
async function send(page, action, fields = {}) {
  for (const [name, value] of Object.entries(fields)) await form(page, action).locator(`[name="user[${name}]"]`).fill(value);
  await form(page, action).locator('button[type=submit]').click();
}

/** A visitor whose browser has an authenticator. `present`: it answers by itself, as if its owner touched it. */
async function visitWithDevice(options = {}, at = rowan) {
  const visitor = await visit(browser, at.origin);
  const devtools = await visitor.context.newCDPSession(visitor.page);
  await devtools.send('WebAuthn.enable', { enableUI: false });
  const { authenticatorId } = await devtools.send('WebAuthn.addVirtualAuthenticator', {
    options: { protocol: 'ctap2', transport: 'internal', hasResidentKey: true, hasUserVerification: true, isUserVerified: true, automaticPresenceSimulation: true, ...options },
  });
  const device = {
    credentials: async () => (await devtools.send('WebAuthn.getCredentials', { authenticatorId })).credentials,
    present: (enabled) => devtools.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId, enabled }),
    verified: (isUserVerified) => devtools.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified }),
  };
  return { ...visitor, device };
}

async function signOut(page) {
  await page.goto('/sign-out');
  await page.locator('form[action="/sign-out"] button[type=submit]').click();
  await page.getByText("You're signed out.").waitFor();
}

async function registerWithPasskey(page, email) {
  await page.goto('/register');
  await send(page, '/webauthn/registration_challenge', { email });
  await page.getByRole('button', { name: 'Create passkey' }).click();
  await page.waitForURL(/\/recovery-codes/);  // a device that is lost must not be the only way in
}

async function registerWithPassword(page, email) {
  await page.goto('/register');
  await send(page, '/password/register', { email, password, password_confirmation: password });
  await page.waitForURL('/');
}

async function add(page, label) {
  await page.goto('/account');
  await send(page, '/webauthn/add_credential_challenge', { current_password: password, label });
  await page.getByRole('button', { name: 'Create passkey' }).click();
  await page.getByText('Your passkey is ready.').waitFor();
}

// Its owner chooses nothing among the suggestions, and presses the button.
async function signInByButton(page, device) {
  const button = page.getByRole('button', { name: 'Sign in with a passkey' });
  await device.present(false);
  await Promise.all([page.waitForResponse((answer) => answer.url().endsWith('/authentication_challenge')), page.goto('/sign-in')]);
  await button.waitFor();
  await page.waitForTimeout(500);  // the browser waits for a choice by then
  await device.present(true);
  await button.click();
}

test('an account is made with a passkey, which signs in', async () => {
  const { context, page, device, complaints } = await visitWithDevice();
  await registerWithPasskey(page, 'ann@notes.example');
  assert.equal(await me(page), 200);
  const [credential] = await device.credentials();
  assert.equal(credential.isResidentCredential, true);
  assert.equal(credential.rpId, 'localhost');
  await signOut(page);
  assert.equal(await me(page), 401);
  await signInByButton(page, device);
  await page.waitForURL('/');
  assert.equal(await me(page), 200);
  assert.deepEqual(complaints, []);  // BRW-03
  await context.close();
});

test('autofill signs in without a button', async () => {
  const { context, page, device } = await visitWithDevice();
  await registerWithPasskey(page, 'autofill@notes.example');
  await signOut(page);
  await device.present(false);
  await page.goto('/sign-in?return_to=%2Fprivate');
  assert.equal(await page.locator('#user_password_email').getAttribute('autocomplete'), 'username webauthn');  // PWD-10
  await device.present(true);
  await page.reload();
  await page.waitForURL('/private');
  assert.equal(await me(page), 200);
  await context.close();
});

test('without user verification it does not sign in, and the page says what to do', async () => {
  const { context, page, device } = await visitWithDevice();
  await registerWithPasskey(page, 'uv@notes.example');
  await signOut(page);
  await device.verified(false);
  await signInByButton(page, device);
  await page.getByText('Nothing was sent. You can try again.').waitFor();
  assert.equal(await me(page), 401);
  await device.verified(true);
  await page.goto('/sign-in');
  await page.waitForURL('/');
  assert.equal(await me(page), 200);
  await context.close();
});

test('cancelling sends nothing, and it can be tried again', async () => {
  const { context, page, device } = await visitWithDevice();
  await page.goto('/register');
  await send(page, '/webauthn/registration_challenge', { email: 'cancel@notes.example' });
  await page.evaluate(() => {
    const create = navigator.credentials.create.bind(navigator.credentials);
    navigator.credentials.create = () => { navigator.credentials.create = create; return Promise.reject(new DOMException('no', 'NotAllowedError')); };
  });
  const button = page.getByRole('button', { name: 'Create passkey' });
  await button.click();
  await page.getByText('Nothing was sent. You can try again.').waitFor();
  assert.equal(await device.credentials().then((all) => all.length), 0);
  await button.click();
  await page.waitForURL(/\/recovery-codes/);
  assert.equal(await me(page), 200);
  await context.close();
});

test('a passkey is the second factor, and a session is renewed with it', async () => {
  const { context, page, device, complaints } = await visitWithDevice();
  await registerWithPassword(page, 'second@notes.example');
  await add(page, 'Phone');
  await signOut(page);
  await device.present(false);
  await page.goto('/sign-in');
  await send(page, '/password/sign_in', { email: 'second@notes.example', password });
  await page.waitForURL(/second-factor/);
  assert.equal(await me(page), 401);
  await device.present(true);
  for (let i = 0; i < 2; ++i) {  // the sign-in that waits, and the session that is there
    await page.goto('/webauthn-verify');
    await page.getByRole('button', { name: 'Use passkey' }).click();
    await page.waitForURL('/');
    assert.equal(await me(page), 200);
  }
  assert.deepEqual(complaints, []);
  await context.close();
});

test('a security key without a PIN is a second factor', async () => {
  const other = await startRowan({ config: '[password]\n[webauthn]\nregistration = "off"\nresident_key = "discouraged"\n' });
  try {
    const { context, page } = await visitWithDevice({ transport: 'usb', hasResidentKey: false, hasUserVerification: false, isUserVerified: false }, other);
    await registerWithPassword(page, 'key@notes.example');
    await add(page, 'Key');
    await signOut(page);
    await page.goto('/sign-in');
    await send(page, '/password/sign_in', { email: 'key@notes.example', password });
    await page.waitForURL(/second-factor/);
    await page.goto('/webauthn-verify');
    await page.getByRole('button', { name: 'Use passkey' }).click();
    await page.waitForURL('/');
    assert.equal(await me(page), 200);
    await context.close();
  } finally {
    await other.stop();
  }
});

test('passkeys are renamed and removed, and one device is not added twice', async () => {
  const { context, page, complaints } = await visitWithDevice();
  await registerWithPassword(page, 'many@notes.example');
  await add(page, 'Phone');
  await page.goto('/account');
  await page.getByText('Phone').first().waitFor();
  await send(page, '/webauthn/rename_credential', { label: 'Old phone' });
  await page.getByText('The passkey has its new name.').waitFor();
  await page.locator('strong', { hasText: 'Old phone' }).waitFor();
  await send(page, '/webauthn/add_credential_challenge', { current_password: password });
  await page.getByRole('button', { name: 'Create passkey' }).click();
  await page.getByText('This device already has a passkey for your account.').waitFor();
  await page.goto('/account');
  await send(page, '/webauthn/delete_credential', { current_password: password });
  await page.getByText('The passkey was removed.').waitFor();
  await page.goto('/account');
  assert.equal(await page.getByText('Old phone').count(), 0);
  assert.deepEqual(complaints, []);
  await context.close();
});

test('the page says what passkeys need', async () => {
  const { context, page } = await visit(browser, rowan.origin, { javaScriptEnabled: false });
  await page.goto('/sign-in');
  await page.getByText('Passkeys need JavaScript. Turn it on, or choose another way.').waitFor();
  assert.equal(await page.getByRole('button', { name: 'Sign in with a passkey' }).isVisible(), false);
  await context.close();
  const old = await visit(browser, rowan.origin);
  await old.page.addInitScript(() => { delete window.PublicKeyCredential; });
  await old.page.goto('/sign-in');
  await old.page.getByText("This browser can't use passkeys here. Update it, or choose another way.").waitFor();
  await old.context.close();
});
