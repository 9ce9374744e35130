// Finds what a person would: the visible elements of a role, by name if one is given.
// What the browser itself calls the element is compared afterwards; here the name is only near enough to choose by.
const [role, name, inside] = arguments;

const SELECTORS = {
  alert: '[role=alert]',
  button: 'button, input[type=button], input[type=submit], [role=button]',
  checkbox: 'input[type=checkbox], [role=checkbox]',
  combobox: 'select, input[list], [role=combobox]',
  dialog: 'dialog[open], [role=dialog]',
  group: 'fieldset, details, [role=group]',
  heading: 'h1, h2, h3, h4, h5, h6, [role=heading]',
  image: 'img, svg[role=img], [role=img]',
  link: 'a[href], area[href], [role=link]',
  list: 'ul, ol, [role=list]',
  listitem: 'li, [role=listitem]',
  main: 'main, [role=main]',
  navigation: 'nav, [role=navigation]',
  option: 'option, [role=option]',
  radio: 'input[type=radio], [role=radio]',
  radiogroup: 'fieldset, [role=radiogroup]',
  region: 'section[aria-label], section[aria-labelledby], [role=region]',
  status: 'output, [role=status]',
  textbox: 'textarea, input:not([type]), input[type=text], input[type=search], input[type=email], input[type=tel], input[type=url], input[type=number], input[type=date], input[type=month], [role=textbox], [role=combobox], [role=searchbox]',
};

const words = text => (text ?? '').replace(/\s+/g, ' ').trim();

function textOf(ids) {
  return words(ids.split(/\s+/).map(id => document.getElementById(id)?.textContent ?? '').join(' '));
}

function nameOf(element) {
  if (element.hasAttribute('aria-labelledby')) return textOf(element.getAttribute('aria-labelledby'));
  if (element.hasAttribute('aria-label')) return words(element.getAttribute('aria-label'));
  if (element.tagName === 'FIELDSET') return words(element.querySelector(':scope > legend')?.textContent);
  if (element.labels?.length) return words(Array.from(element.labels, label => label.textContent).join(' '));
  if (element.tagName === 'SVG' || element.tagName === 'svg') return words(element.querySelector('title')?.textContent);
  if (element.hasAttribute('alt')) return words(element.getAttribute('alt'));
  if (element.matches('input[type=button], input[type=submit]')) return words(element.value);
  const copy = element.cloneNode(true);
  for (const hidden of copy.querySelectorAll('[aria-hidden=true], [hidden]')) hidden.remove();
  for (const image of copy.querySelectorAll('img[alt]')) image.replaceWith(image.alt);
  return words(copy.textContent) || words(element.title);
}

function isVisible(element) {
  if (element.closest('[aria-hidden=true], [inert]')) return false;
  if (element.tagName === 'OPTION') return true;
  if (element.matches('input[type=radio], input[type=checkbox], input[type=file]')) return element.getClientRects().length > 0;
  return element.checkVisibility({ visibilityProperty: true });
}

// A modal dialog makes all else unreachable.
const modal = document.querySelector('dialog:modal');
const root = inside ?? modal ?? document;
const selector = SELECTORS[role] ?? `[role=${role}]`;
const itself = root === modal && modal.matches(selector) ? [modal] : [];
return [...itself, ...root.querySelectorAll(selector)]
  .filter(element => isVisible(element) && (name === null || nameOf(element) === name));
