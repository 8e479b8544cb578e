# Writes the text that every generated file begins with as an array of C: lanes, column kernels and
# the list of rare functions, in an order in which nothing is used before it is declared.
#   cmake -DSOURCE=src -DOUT=native_prelude.c -P native_prelude.cmake
set(files num/isa.h num/lane.h num/math.lane.h num/driver.lane.h model/expr.lane.h
  contract/customer.lane.h contract/loan.lane.h contract/operations.lane.h clear/clear.lane.h
  engine/rare.h engine/native_frame.h engine/sums.column.h engine/drivers.column.h
  engine/due.column.h engine/fund.column.h engine/close.column.h engine/native_draws.h)
set(text "")
foreach(file ${files})
  file(READ ${SOURCE}/${file} content)
  string(REGEX REPLACE "#include \"[^\n]*\n" "" content "${content}")
  string(APPEND text "${content}")
endforeach()
string(LENGTH "${text}" size)
file(WRITE ${OUT}.text "${text}")
file(READ ${OUT}.text hex HEX)
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
file(WRITE ${OUT} "#include <stddef.h>\nextern const char chi_native_prelude[];\nextern const size_t chi_native_prelude_size;\nconst char chi_native_prelude[] = {${bytes}};\nconst size_t chi_native_prelude_size = sizeof chi_native_prelude;\n")
