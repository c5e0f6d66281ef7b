// Passkeys. A form with data-passkey asks for a challenge, lets the browser answer it, and is then sent like any other form. Without this
// file its button stays hidden and a hint says why.
const api = window.PublicKeyCredential;
const works = window.isSecureContext && api && 'parseRequestOptionsFromJSON' in api && 'parseCreationOptionsFromJSON' in api;
let waiting = null;  // a browser answers one request at a time

// What the server wants to say instead of a challenge, it says on a page of its own.
async function challengeFor(form) {
  if (form.dataset.options) return JSON.parse(form.dataset.options);
  const answer = await fetch(form.action, { method: 'POST', body: new URLSearchParams(new FormData(form)), headers: { Accept: 'application/json' } });
  return answer.ok ? answer.json() : null;
}

// `quietly`: among the browser's suggestions for the e-mail field, until the person chooses one.
async function ask(form, quietly) {
  waiting?.abort();
  const mine = waiting = new AbortController();
  const challenge = await challengeFor(form);
  if (waiting !== mine || (!challenge && quietly)) return;
  if (!challenge) { form.submit(); return; }
  const creates = form.dataset.passkey === 'create';
  const publicKey = creates ? api.parseCreationOptionsFromJSON(challenge) : api.parseRequestOptionsFromJSON(challenge);
  if (quietly) setTimeout(() => { if (waiting === mine) begin(form, true); }, challenge.timeout * 0.9);  // before it expires
  const options = { publicKey, signal: mine.signal, ...(quietly && { mediation: 'conditional' }) };
  const credential = await (creates ? navigator.credentials.create(options) : navigator.credentials.get(options));
  form.querySelector('[name$="[credential]"]').value = JSON.stringify(credential);
  if (form.dataset.finish) form.action = form.dataset.finish;
  form.submit();
}

async function begin(form, quietly) {
  const hint = form.querySelector('[data-passkey-hint]');
  const button = form.querySelector('[type=submit]');
  const words = button.dataset.words ??= button.textContent;
  if (!quietly) hint.hidden = true;
  try {
    await ask(form, quietly);
  } catch (error) {
    if (quietly || error.name === 'AbortError') return;
    hint.textContent = { InvalidStateError: hint.dataset.known, SecurityError: hint.dataset.insecure }[error.name] ?? hint.dataset.cancelled;
    hint.hidden = false;
    button.removeAttribute('aria-busy');
    button.textContent = words;
    if (form.hasAttribute('data-autofill')) autofill(form);
  }
}

async function autofill(form) {
  if (await api.isConditionalMediationAvailable?.()) begin(form, true);
}

for (const form of document.querySelectorAll('form[data-passkey]')) {
  const hint = form.querySelector('[data-passkey-hint]');
  if (!works) {
    hint.textContent = window.isSecureContext ? hint.dataset.old : hint.dataset.insecure;
    continue;
  }
  const button = form.querySelector('[type=submit]');
  button.dataset.words = button.textContent;
  button.hidden = false;
  hint.hidden = true;
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    begin(form, false);
  });
  if (form.hasAttribute('data-autofill')) autofill(form);
}

// The authenticator is told what the account has, so that it does not offer what was removed.
const account = document.querySelector('[data-passkeys]');
if (works && account) {
  const { rpId, userId, allAcceptedCredentialIds, name, displayName } = JSON.parse(account.dataset.passkeys);
  api.signalAllAcceptedCredentials?.({ rpId, userId, allAcceptedCredentialIds }).catch(() => {});
  api.signalCurrentUserDetails?.({ rpId, userId, name, displayName }).catch(() => {});
}
