// Rowan's pages work without this file. It adds: showing a password, a hint while choosing one, buttons that say what they are doing, and the
// focus on what went wrong, and buttons that save or print what is shown once.
(function () {
  'use strict';

  // A summary of errors is what the visitor should hear and see first.
  const summary = document.querySelector('[data-focus]');
  if (summary) summary.focus();

  // What another site's form brought is sent once more from here, with this site's cookies.
  const again = document.querySelector('form[data-send]');
  if (again) again.requestSubmit();

  // A secret in the address leaves it, so that it is neither seen nor kept in the history.
  const clean = document.querySelector('[data-address]');
  if (clean) history.replaceState(null, '', clean.dataset.address);

  for (const button of document.querySelectorAll('.reveal')) {
    const input = document.getElementById(button.getAttribute('aria-controls'));
    const show = button.textContent;
    const showLabel = button.getAttribute('aria-label');
    const set = function (visible) {
      input.type = visible ? 'text' : 'password';
      button.textContent = visible ? button.dataset.hide : show;
      button.setAttribute('aria-label', visible ? button.dataset.hideLabel : showLabel);
    };
    button.hidden = false;
    button.addEventListener('click', function () { set(input.type === 'password'); });
    input.form.addEventListener('submit', function () { set(false); });
  }

  // The server counts code points too (after NFC), so that what is said here is what will be accepted.
  function judge(password, minimum, email) {
    const points = Array.from(password.normalize('NFC'));
    const name = email.split('@')[0].toLowerCase();
    if (points.length < minimum) return { level: 1, word: 'more', missing: minimum - points.length };
    if (name.length > 2 && password.toLowerCase().includes(name)) return { level: 1, word: 'contains' };
    if (new Set(points).size < minimum / 2) return { level: 2, word: 'repeats' };
    return points.length < minimum + 5 ? { level: 3, word: 'enough' } : { level: 4, word: 'strong' };
  }

  for (const hint of document.querySelectorAll('[data-strength]')) {
    const input = document.getElementById(hint.dataset.strength);
    const meter = hint.previousElementSibling;
    const advice = hint.textContent;
    const email = input.form.querySelector('input[autocomplete~="username"]');
    const tell = function () {
      meter.hidden = input.value === '';
      if (input.value === '') { hint.textContent = advice; return; }
      const verdict = judge(input.value, Number(hint.dataset.minimum) || 15, email ? email.value : '');
      meter.dataset.level = verdict.level;
      const text = hint.dataset[verdict.word].replace('{n}', verdict.missing);
      if (hint.textContent !== text) hint.textContent = text;
    };
    input.addEventListener('input', tell);
  }

  // The browser makes the file: what is shown once is not asked for again.
  for (const button of document.querySelectorAll('[data-save]')) {
    button.hidden = false;
    button.addEventListener('click', function () {
      const lines = Array.from(document.getElementById(button.dataset.save).children, function (line) { return line.textContent; });
      const link = document.createElement('a');
      link.href = URL.createObjectURL(new Blob([[button.dataset.heading, ''].concat(lines, '').join('\r\n')], { type: 'text/plain' }));
      link.download = button.dataset.name;
      link.click();
      setTimeout(function () { URL.revokeObjectURL(link.href); }, 60000);
    });
  }
  for (const button of document.querySelectorAll('[data-print]')) {
    button.hidden = false;
    button.addEventListener('click', function () { window.print(); });
  }

  for (const form of document.forms) {
    const button = form.querySelector('[data-busy]');
    if (!button) continue;
    const idle = button.textContent;
    form.addEventListener('submit', function (event) {
      if (button.getAttribute('aria-busy') === 'true') { event.preventDefault(); return; }
      button.setAttribute('aria-busy', 'true');
      button.textContent = button.dataset.busy;
    });
    // Coming back with the browser's button finds the page as it was left.
    window.addEventListener('pageshow', function () {
      button.removeAttribute('aria-busy');
      button.textContent = idle;
    });
  }
})();
