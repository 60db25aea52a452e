export const methods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/** What a browser sends before a request to another origin. */
export const preflight = { Origin: 'https://app.example.com', 'Access-Control-Request-Method': 'DELETE' };

/** Spellings of fields that applications take for the identity of their caller. */
export const forged: Record<string, string | string[]> = {
  'X-User-Id': ['forged', 'forged again'],
  'x-user-roles': 'forged,admin',
  'X-SESSION-ID': 'forged',
  X_User_Id: 'forged',
  'X_USER-ROLES': 'forged,admin',
  'X-User_Roles': 'forged,admin',
  x_session_id: 'forged',
  'X-User-Email': 'forged@example.com',
  'X-Forwarded-For': '6.6.6.6',
  'X-Forwarded-Method': 'FORGED',
  'X-Forwarded-Uri': '/forged',
  'X-Original-Method': 'FORGED',
  'X-Original-URI': '/forged',
};

export const forgedIdentity = { 'X-User-Id': 'forged', 'X-User-Roles': 'admin', 'X-Session-Id': 'forged' };
