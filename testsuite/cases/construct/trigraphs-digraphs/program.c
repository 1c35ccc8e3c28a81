%:include <stdio.h>
static int v<:2:> = <% 1, 2 %>;
int main(void) <% int a??(2??) = ??< 3, 4 ??>; printf("%d %d ??/n", v<:1:>, a??(0??)); puts(""); return 0; %>
