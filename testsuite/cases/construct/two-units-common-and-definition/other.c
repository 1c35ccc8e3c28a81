int value = 12;
char text[] = "defined there";
