import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { compose, host, type ServerUnderTest } from './server-under-test.ts';

/** An address of the range for documentation, as a client with IPv6 has one. */
const ipv6 = '2001:db8::7';

/** An application behind the same nginx, which answers with the user that nginx names. */
const application = `server {
  listen 443 ssl;
  server_name app.yourdomain.com;
  include /etc/nginx/verify.conf;
  location / {
    auth_request /_auth;
    proxy_pass http://127.0.0.1:3000;
  }
}
server {
  listen 127.0.0.1:3000;
  location / { return 200 "user=$http_x_user_id roles=$http_x_user_roles"; }
}
`;

/** Tests of the nginx that runs in front of the service. */
export function proxyTests(get: () => ServerUnderTest): void {
  it('redirects to HTTPS, but not the challenge of certbot', async () => {
    const { machine } = get();
    const answer = await machine.run(`curl --silent --include 'http://${host}/api/v1/health?a=b'`);
    expect(answer)
      .to.match(/^HTTP\/1.1 301 /)
      .and.contain(`Location: https://${host}/api/v1/health?a=b`);
    await machine.run(
      'mkdir -p /var/lib/auth-system/acme/.well-known/acme-challenge; echo token > /var/lib/auth-system/acme/.well-known/acme-challenge/x',
    );
    expect(await machine.run(`curl --silent http://${host}/.well-known/acme-challenge/x`)).to.equal(
      'token\n',
    );
  });

  it('gives unknown hosts no answer, with TLS and without', async () => {
    const { machine } = get();
    for (const request of [
      `http://${machine.address}/`,
      `https://${machine.address}/`,
      `--http1.1 --header 'Host: evil.example' https://${host}/api/v1/health`,
    ]) {
      const status = `curl --silent --insecure --output /dev/null --write-out '%{http_code}' ${request} || true`;
      expect(await machine.run(status), request).to.equal('000');
    }
  });

  it('speaks HTTP/2 and TLS 1.2 and 1.3, and nothing older', async () => {
    const server = get();
    expect(await server.curl("--output /dev/null --write-out '%{http_version}'")).to.equal('2');
    expect(await server.curlStatus(`--tls-max 1.2 https://${host}/api/v1/health`)).to.equal(0);
    expect(
      await server.curlStatus(`--tls-max 1.1 --ciphers DEFAULT@SECLEVEL=0 https://${host}/api/v1/health`),
    ).to.equal(35);
  });

  it('tells the service the address of the client, IPv4 and IPv6, whatever the client claims', async () => {
    const server = get();
    await server.machine.run(`ip address add ${ipv6}/128 dev tap0 nodad`);
    const claims = "--header 'X-Forwarded-For: 192.0.2.1' --header 'Forwarded: for=192.0.2.1'";
    for (const [options, address] of [
      ['', server.machine.address],
      [`--resolve '${host}:443:[${ipv6}]'`, ipv6],
    ] as const) {
      const token = await server.token(`${claims} ${options}`);
      const sessions = await server.curl(
        `--header 'Authorization: Bearer ${token}'`,
        '/api/v1/users/me/sessions',
      );
      const current = JSON.parse(sessions).data.find((session: { current: boolean }) => session.current);
      expect(current.ip).to.equal(address);
    }
  });

  it('keeps metrics inside, and answers as the service does where it answers itself', async () => {
    const server = get();
    const status = "--write-out ' %{http_code} %{content_type}'";
    expect(await server.curl(status, '/metrics'))
      .to.contain('"code":"not_found"')
      .and.contain(' 404 application/problem+json');
    expect(await server.curl(`--path-as-is ${status}`, '/x/..//metrics')).to.contain(
      ' 404 application/problem+json',
    );
    const large = `head --bytes=20000 /dev/zero | tr '\\0' x | curl --silent ${status} --data-binary @- https://${host}/api/v1/auth/login`;
    expect(await server.machine.run(large))
      .to.contain('"code":"payload_too_large"')
      .and.contain(' 413 application/problem+json');
    const header = `curl --silent --http1.1 ${status} --header "X: $(head --bytes=9000 /dev/zero | tr '\\0' x)" https://${host}/api/v1/health`;
    expect(await server.machine.run(header))
      .to.contain('"code":"headers_too_large"')
      .and.contain(' 431 ');
  });

  it('answers 429 to a client that sends more than it may, and to nobody else', async () => {
    const { curl, machine } = get();
    const flooded = machine.run(
      `curl --silent --parallel --parallel-max 50 --resolve '${host}:443:[${ipv6}]' --output /dev/null --write-out '%{http_code}\\n' 'https://${host}/api/v1/health#[1-600]' | sort | uniq -c`,
    );
    const others = await curl("--output /dev/null --write-out '%{http_code}'");
    expect(others).to.equal('200');
    expect(await flooded)
      .to.match(/\d 200\n/)
      .and.match(/\d 429\n/);
  });

  it('lets an application ask the service with the file verify.conf', async () => {
    const server = get();
    writeFileSync(join(server.machine.root, 'etc/auth-system/nginx/app.conf'), application);
    await server.machine.run(`${compose} exec -T nginx nginx -t -q && ${compose} kill --signal HUP nginx`);
    const ask = (options: string) =>
      server.machine.run(
        `curl --silent --insecure --resolve 'app.yourdomain.com:443:${server.machine.address}' --write-out ' %{http_code}' ${options} https://app.yourdomain.com/`,
      );
    const token = await server.token();
    const profile = await server.curl(`--header 'Authorization: Bearer ${token}'`, '/api/v1/users/me');
    const { id } = JSON.parse(profile).data;
    const forged = "--header 'X-User-Id: admin' --header 'X-User-Roles: admin'";
    expect(await ask(`${forged} --header 'Authorization: Bearer ${token}'`)).to.equal(
      `user=${id} roles=user 200`,
    );
    expect(await ask(forged)).to.match(/ 401$/);
  });

  it('rotates the access log, without a query in it', async () => {
    const { curl, machine } = get();
    await curl('', '/api/v1/health?secret=1');
    expect(await machine.run('cat /var/log/auth-system/access.log'))
      .to.contain('"path":"/api/v1/health"')
      .and.not.contain('secret');
    await machine.run('logrotate --force /etc/logrotate.d/auth-system');
    await curl('', '/api/v1/health/live');
    const newest = await machine.run('cat /var/log/auth-system/access.log');
    expect(newest).to.contain('"path":"/api/v1/health/live"');
    expect(await machine.run('ls /var/log/auth-system')).to.match(/access\.log-\d{8}-\d+\n/);
  });
}
