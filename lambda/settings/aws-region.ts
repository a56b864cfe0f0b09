/** The name of an AWS region, such as eu-west-1. */
export const AWS_REGION = /^[a-z]{2}(-[a-z]+){1,2}-\d$/;
