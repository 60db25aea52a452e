import { expect } from 'chai';
import { createOriginCheck, isOrigin } from '../../app/config/origin.ts';

describe('The origins of CORS_ALLOWED_ORIGINS', () => {
  const possible = [
    'https://app.example.com',
    'https://app.example.com:8443',
    'http://localhost:5173',
    'http://127.0.0.1:3000',
    'http://[::1]:3000',
    'https://xn--bcher-kva.example',
    'https://my_app.example.com',
    'capacitor://localhost',
    'ionic://localhost',
    'tauri://localhost',
    'http://tauri.localhost',
    'app://bundle',
    'app://-',
    'chrome-extension://abcdefghijklmnopabcdefghijklmnop',
    'moz-extension://2c127fa4-62c7-7e4f-90e5-472b45eecfdc',
    'safari-web-extension://2c127fa4-62c7-7e4f-90e5-472b45eecfdc',
    'https://*.example.com',
    'https://*.preview.example.com:8443',
    'http://*.local.test:3000',
  ];
  for (const origin of possible) {
    it(`may contain ${origin}`, () => expect(isOrigin(origin)).to.equal(true));
  }

  // A browser never sends these, so an operator who wrote one would look for the fault elsewhere.
  const impossible = [
    '',
    'null',
    'app.example.com',
    'https://app.example.com/',
    'https://app.example.com/path',
    'https://App.example.com',
    'https://bücher.example',
    'https://app.example.com:443',
    'https://user@app.example.com',
    'https://*',
    'https://*.com',
    'https://*:8443',
    'https://a*.example.com',
    'https://*a.example.com',
    'https://a.*.example.com',
    'https://*.*.example.com',
    'https://*.example.com/',
    'https://*.Example.com',
    'https://*.example.com:443',
    'https://*.1.2.3',
    'capacitor://*',
    'capacitor://*.example.com',
    'capacitor://localhost/',
    'chrome-extension://*',
    'file://',
    'file:///home',
    'data:text/html,',
    'ws://app.example.com',
    'ftp://app.example.com',
    'javascript://app.example.com',
  ];
  for (const text of impossible) {
    it(`may not contain ${JSON.stringify(text)}`, () => expect(isOrigin(text)).to.equal(false));
  }
});

describe('A wildcard in an allowed origin', () => {
  const isAllowed = createOriginCheck(['https://*.example.com', 'http://*.local.test:3000']);
  const matched = [
    'https://a.example.com',
    'https://pr-12.example.com',
    'https://xn--bcher-kva.example.com',
    'https://my_app.example.com',
    'http://a.local.test:3000',
  ];
  for (const origin of matched) {
    it(`stands for the label in ${origin}`, () => expect(isAllowed(origin)).to.equal(true));
  }

  const others = [
    '',
    'null',
    'https://example.com',
    'https://.example.com',
    'https://*.example.com',
    'https://a.b.example.com',
    'https://evil-example.com',
    'https://evilexample.com',
    'https://a.example.com.evil.test',
    'https://evil.test/a.example.com',
    'https://evil.test#.example.com',
    'https://evil.test?.example.com',
    'https://user@a.example.com',
    'https://a.exampleXcom',
    'http://a.example.com',
    'https://a.example.com:8443',
    'https://a.example.com\n',
    'https://a.EXAMPLE.com',
    'http://a.local.test',
    `https://${'a'.repeat(64)}.example.com`,
  ];
  for (const origin of others) {
    it(`does not match ${JSON.stringify(origin)}`, () => expect(isAllowed(origin)).to.equal(false));
  }
});
