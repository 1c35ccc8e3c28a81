const char *greeting(int number);
