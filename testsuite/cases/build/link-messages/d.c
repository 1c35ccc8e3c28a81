int absent;
