static int helper(void) { return 2; }
static int state = 20;
int other(void) { return helper() + state++ + state; }
