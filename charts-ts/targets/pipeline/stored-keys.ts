/** Variables that hold a key of a cloud for as long as nobody deletes it. The jobs get identity tokens instead. */
const storedKey =
  /\b(AWS_SECRET_ACCESS_KEY|AWS_ACCESS_KEY_ID|AWS_SESSION_TOKEN|GOOGLE_CREDENTIALS|GOOGLE_APPLICATION_CREDENTIALS_JSON|GCP_SA_KEY|AZURE_CREDENTIALS|AZURE_CLIENT_SECRET|ARM_CLIENT_SECRET|KUBECONFIG_DATA|KUBE_CONFIG|SSH_PRIVATE_KEY|DOCKER_PASSWORD)\b/;

/** The name of a stored key in a text, if there is one. */
export const storedKeyIn = (text: string): string | undefined => storedKey.exec(text)?.[1];

/** Whether an image names a version: neither latest nor a moving tag, but a number with at least one dot, or a digest. */
export const isPinnedImage = (image: string): boolean =>
  /@sha256:[0-9a-f]{64}$/.test(image) || /:v?\d+\.\d+[\w.-]*$/.test(image);
