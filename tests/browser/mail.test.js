// Sign-in by mail in Chromium, every room on: link, code, confirmation, change of address and its revert.
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
const account = async (page) => (await (await page.request.get('/me')).json()).user;

/** The form whose action ends so. */
const form = (page, action) => page.locator(`form[action$="${action}"]`);
async function send(page, action, fields) {
  for (const [name, value] of Object.entries(fields)) await form(page, action).locator(`[name="user[${name}]"]`).fill(value);
  await form(page, action).locator('button[type=submit]').click();
}

async function register(page, email) {
  await page.goto('/register');
  await send(page, '/password/register', { email, password, password_confirmation: password });
  await page.waitForURL('/');
}

async function askForLink(page, email) {
  await page.goto('/sign-in');
  await send(page, '/magic_link/request', { email });
  await page.getByText('It works for 10 minutes.').waitFor();
}

for (const javaScriptEnabled of [true, false]) {
  const how = javaScriptEnabled ? '' : ' with JavaScript off';

  test(`registers and signs in by a link that a scanner opened first${how}`, async () => {
    const { context, page, complaints } = await visit(browser, rowan.origin, { javaScriptEnabled });
    const email = `ann${javaScriptEnabled}@notes.example`;
    await askForLink(page, email);
    const link = (await rowan.mailTo(email, '/magic_link/')).links[0];
    const scanner = await visit(browser, rowan.origin);
    await scanner.page.goto(link);
    assert.equal((await scanner.page.request.head(link)).status(), 200);
    assert.equal(await me(scanner.page), 401);
    await scanner.context.close();
    await page.goto(link);
    assert.equal(await me(page), 401);
    await send(page, '/magic_link', {});
    await page.waitForURL('/');
    assert.equal(await me(page), 200);
    assert.notEqual((await account(page)).confirmed_at, null);
    assert.deepEqual(complaints, []);
    await context.close();
  });

  test(`signs in by a code, typed the way people type${how}`, async () => {
    const { context, page, complaints } = await visit(browser, rowan.origin, { javaScriptEnabled });
    const email = `bob${javaScriptEnabled}@notes.example`;
    await register(page, email);
    await page.goto((await rowan.mailTo(email, '/confirm_new_user/')).links[0]);
    await send(page, '/confirm_new_user', {});
    await page.waitForURL('/');
    await page.getByText('Your email address is confirmed.').waitFor();
    await page.goto('/sign-out');
    await page.click('button[type=submit]');
    await page.goto('/sign-in');
    await send(page, '/otp/request', { email });
    await page.getByText('It works for 10 minutes.').waitFor();
    await send(page, '/otp/sign_in', { otp: 'AAAAAA' });
    await page.getByText('This code is wrong or no longer valid.').waitFor();
    const { code } = await rowan.mailTo(email, 'code');
    await send(page, '/otp/sign_in', { otp: ` ${code.toLowerCase().replaceAll('-', ' ')} ` });
    await page.waitForURL('/');
    assert.equal(await me(page), 200);
    assert.deepEqual(complaints, []);
    await context.close();
  });

  test(`changes the address, and the old one takes it back${how}`, async () => {
    const { context, page, complaints } = await visit(browser, rowan.origin, { javaScriptEnabled });
    const from = `cleo${javaScriptEnabled}@notes.example`, to = `cora${javaScriptEnabled}@notes.example`;
    await register(page, from);
    await page.goto((await rowan.mailTo(from, '/confirm_new_user/')).links[0]);
    await send(page, '/confirm_new_user', {});
    await page.waitForURL('/');
    await page.goto('/account');
    await send(page, '/email/change', { email: to, current_password: password });
    await page.goto((await rowan.mailTo(to, '/confirm_new_user/')).links[0]);
    await send(page, '/confirm_new_user', {});
    await page.waitForURL('/');
    assert.equal((await account(page)).email, to);
    const owner = await visit(browser, rowan.origin, { javaScriptEnabled });
    const { links } = await rowan.mailTo(from, `changed to ${to}`);
    await owner.page.goto(links[0]);
    await owner.page.getByText(from).first().waitFor();
    await send(owner.page, '/confirm_new_user', {});
    await owner.page.waitForURL('/');
    assert.equal((await account(owner.page)).email, from);
    for (let i = 0; i < 20 && await me(page) === 200; ++i) await new Promise((again) => setTimeout(again, 100));
    assert.equal(await me(page), 401);
    assert.deepEqual([...complaints, ...owner.complaints], []);
    await owner.context.close();
    await context.close();
  });
}

test('is usable by keyboard alone', async () => {
  const { context, page } = await visit(browser, rowan.origin);
  const email = 'dora@notes.example';
  await page.goto('/sign-in');
  await form(page, '/magic_link/request').locator('[name="user[email]"]').focus();
  await page.keyboard.type(email);
  await page.keyboard.press('Enter');
  await page.getByText('It works for 10 minutes.').waitFor();
  await page.goto((await rowan.mailTo(email)).links[0]);
  for (let i = 0; i < 10; ++i) {
    await page.keyboard.press('Tab');
    if (await page.evaluate(() => document.activeElement?.matches('form[action$="/magic_link"] button'))) break;
  }
  await page.keyboard.press('Enter');
  await page.waitForURL('/');
  assert.equal(await me(page), 200);
  await context.close();
});

test('takes the token out of the address bar', async () => {  // REC-05
  const { context, page } = await visit(browser, rowan.origin);
  await askForLink(page, 'eve@notes.example');
  const link = (await rowan.mailTo('eve@notes.example')).links[0];
  await page.goto(link);
  await page.waitForFunction((secret) => !location.href.includes(secret), link.slice(link.lastIndexOf('/') + 1));
  await send(page, '/magic_link', {});  // and the form still works
  await page.waitForURL('/');
  assert.equal(await me(page), 200);
  await context.close();
});
